"""Header lines that stay as they are written.

Python's own folding (before 3.13) encodes an id or link of more than 77 characters, which destroys it, and takes the
quotes from a long display name, which makes addresses of its parts. So these headers are written here.
"""

from __future__ import annotations

import re
from email.header import Header
from email.policy import EmailPolicy
from typing import Any

AS_WRITTEN = {"from", "to", "list-unsubscribe", "references", "in-reply-to", "message-id"}
LONGEST_LINE = 998
NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9 '&-]+")
WELL_FORMED = re.compile(r"[^\x00-\x1f\x7f]+(\r\n [^\x00-\x1f\x7f]+)*")


class MailPolicy(EmailPolicy):
    """`email.policy.SMTP` but for the headers named in `AS_WRITTEN`."""

    def header_store_parse(self, name: str, value: Any) -> Any:
        """Keep the line. Raises `ValueError` where it would end the header."""
        if name.lower() not in AS_WRITTEN:
            return super().header_store_parse(name, value)
        if not WELL_FORMED.fullmatch(value) or len(name) + len(value) + 2 > LONGEST_LINE:
            raise ValueError(f"this cannot be the header {name}")
        return name, value

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as bytes."""
        if name.lower() in AS_WRITTEN:
            return f"{name}: {value}\r\n".encode("utf-8" if self.utf8 else "ascii")
        return bytes(super().fold_binary(name, value))


SMTP = MailPolicy(linesep="\r\n")
SMTPUTF8 = SMTP.clone(utf8=True)


def mailbox(name: str, address: str) -> str:
    """`Name <address>`: quoted where it must be, in encoded words where it is not ASCII."""
    if not name:
        return address
    if not name.isascii():
        words = Header(name, "utf-8", header_name="From").encode(linesep="\r\n")
        return f"{words} <{address}>"
    if not NEEDS_NO_QUOTES.fullmatch(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{name} <{address}>"
