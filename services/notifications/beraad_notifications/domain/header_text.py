"""Text that may stand in a mail header: one line, nothing hidden in it.

`EmailMessage` of Python before 3.11.10 writes `=?utf-8?q?a=0D=0ABcc=3A_x=40evil?=` as a real Bcc line: encoded
words are decoded first (and again, while any appear), then everything that could end the line is taken out.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

LONGEST = 200
NESTED = 5
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
"""C0 and C1 controls with NUL, halves of surrogate pairs, line and paragraph separators."""
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
CHARSETS = re.compile(r"utf-8|us-ascii|iso-8859-(?:[1-9]|1[03-6])|windows-125[0-8]")
"""What real mail uses; a codec like `unicode_escape` or `utf-7` only serves to hide something."""
SPACES = re.compile(r"[^\S\u202f]+")
"""All but the narrow space of French, where no line breaks."""


def header_text(value: str, longest: int = LONGEST) -> str:
    """The value as one harmless line of at most `longest` characters; never an encoded word."""
    text = value[: longest * 8]
    for _ in range(NESTED):
        text = _decoded(text)
    text = SPACES.sub(" ", BIDI.sub("", UNSAFE.sub(" ", text))).strip()
    return text.replace("=?", "= ?")[:longest].rstrip()


def _decoded(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        return text.replace("=?", "= ?")
    return "".join(_text(part, charset) for part, charset in parts)


def _text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    if charset is None:
        return part.decode("raw-unicode-escape", "replace")  # how decode_header keeps what was not encoded
    return part.decode(charset if CHARSETS.fullmatch(charset) else "ascii", "replace")
