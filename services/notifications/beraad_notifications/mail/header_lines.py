"""Header lines that stay as they are written.

Python's own folding (before 3.13) encodes an id or link of more than 77 characters, which destroys it, and takes the
quotes from a long display name, which makes addresses of its parts. So our headers are written here, which is also
quicker; those of MIME are left to the library.
"""

from __future__ import annotations

import re
from email import policy
from email.header import Header
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

AS_WRITTEN = {
    *(
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "auto-submitted",
        "list-id",
    ),
    *("list-unsubscribe", "list-unsubscribe-post", "x-beraad-kind", "x-beraad-event"),
}
LONGEST_LINE = 998
NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9 '&-]+")
WELL_FORMED = re.compile(r"[^\x00-\x1f\x7f]+(\r\n [^\x00-\x1f\x7f]+)*")


@lru_cache(maxsize=64)
def _parsed(name: str, value: str) -> Any:
    """A header of MIME: there are few, and Python takes long to read one."""
    return policy.SMTP.header_factory(name, value)


@lru_cache(maxsize=64)
def _folded(header: Any) -> bytes:
    return policy.SMTP.fold_binary(header.name, header)


class MailPolicy(EmailPolicy):
    """`email.policy.SMTP` but for the headers named in `AS_WRITTEN`."""

    def header_store_parse(self, name: str, value: Any) -> Any:
        """Keep the line. Raises `ValueError` where it would end the header."""
        if name.lower() not in AS_WRITTEN:
            return name, _parsed(name, value)
        if not WELL_FORMED.fullmatch(value) or len(name) + len(value) + 2 > LONGEST_LINE:
            raise ValueError(f"this cannot be the header {name}")
        return name, value

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as bytes."""
        if name.lower() in AS_WRITTEN:
            return f"{name}: {value}\r\n".encode("utf-8" if self.utf8 else "ascii")
        return _folded(value)


SMTP = MailPolicy(linesep="\r\n")
SMTPUTF8 = SMTP.clone(utf8=True)


@lru_cache(maxsize=256)
def phrase(text: str, header: str) -> str:
    """Text for a person to read: as it is, or in encoded words where it is not ASCII."""
    if text.isascii():
        return text
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def mailbox(name: str, address: str) -> str:
    """`Name <address>`, quoted where it must be."""
    if not name:
        return address
    if name.isascii() and not NEEDS_NO_QUOTES.fullmatch(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{phrase(name, 'From')} <{address}>"
