"""Texts that anybody may have written, made fit to stand in a page or a picture: no hidden characters, no more than fits."""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Controls, separators of lines, overrides of direction, halves of surrogate pairs: what XML forbids or what hides a text."""
MORE = "…"


def shown(text: str) -> str:
    """The same with a mark in place of each hidden character; lines and tabs stay."""
    return HIDDEN.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str, most: int) -> str:
    """On one line, at most so many characters."""
    line = " ".join(HIDDEN.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + MORE


def wrapped(text: str, width: int, most: int) -> list[str]:
    """At most `most` lines of at most `width` places; what does not fit is shortened. Wide characters take two places."""
    lines, rest = [""], one_line(text, width * most * 2).split(" ")
    while rest:
        word = rest.pop(0)
        joined = f"{lines[-1]} {word}".strip()
        if places(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
            rest.insert(0, word)
            continue
        lines[-1], left = _broken(word, width)
        rest.insert(0, left)
    return lines if len(lines) <= most else [*lines[: most - 1], _shortened(lines[most - 1], width)]


def places(text: str) -> int:
    """How wide it is, in narrow characters."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _broken(word: str, width: int) -> tuple[str, str]:
    """What of a word fits on a line, and the rest."""
    end = 1
    while end < len(word) and places(word[: end + 1]) <= width:
        end += 1
    return word[:end], word[end:]


def _shortened(line: str, width: int) -> str:
    while places(line) >= width:
        line = line[:-1]
    return line.rstrip(f" {MORE}") + MORE
