"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import cleandoc


class Undescribed(Exception):
    """Something that the pages must explain says nothing about itself: give it a docstring."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what would end a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def sentence(thing: object, named: str) -> str:
    """The first paragraph of its docstring, on one line. Raises `Undescribed`."""
    told = cleandoc(getattr(thing, "__doc__", None) or "").split("\n\n", maxsplit=1)[0]
    if not told or told.startswith("functools.partial"):
        raise Undescribed(named)
    return " ".join(told.split())


def code(text: object) -> str:
    """As code."""
    return f"`{text}`"


def listed(items: Iterable[str], nothing: str = "–") -> str:
    """Separated by commas."""
    return ", ".join(items) or nothing
