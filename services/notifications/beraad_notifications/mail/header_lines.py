"""Header lines that stay as they are written.

Python's own folding (before 3.13) encodes an id or link of more than 77 characters, which destroys it, and takes the
quotes from a long display name, which makes addresses of its parts. So headers are written here, which is also quicker.
"""

from __future__ import annotations

import re
from email.header import Header
from functools import lru_cache

LONGEST_LINE = 998
NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9 '&-]+")
WELL_FORMED = re.compile(r"[^\x00-\x1f\x7f]+(\r\n [^\x00-\x1f\x7f]+)*")


def header_line(name: str, value: str, *, wide: bool = False) -> bytes:
    """The header, with its end of line; `wide` where it may hold more than ASCII (RFC 6532).

    Raises `ValueError` where the value would end the header, is longer than a line may be, or is wider.
    """
    if not WELL_FORMED.fullmatch(value) or len(name) + len(value) + 2 > LONGEST_LINE:
        raise ValueError(f"this cannot be the header {name}")
    return f"{name}: {value}\r\n".encode("utf-8" if wide else "ascii")


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
