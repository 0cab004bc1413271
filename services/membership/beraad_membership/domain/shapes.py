"""What a published document must look like, before anything is computed from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Shape = Callable[[Any, str], None]
"""Takes a value and where it stands. Raises `Misshapen`."""
LARGEST = 2**53 - 1
"""Integers a JSON reader of any language keeps exact (RFC 7493, 2.2)."""


class Misshapen(ValueError):
    """Says where, and what was expected."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where or 'the document'}: {expected} was expected")


def text(value: Any, where: str) -> None:
    """Unicode: half a character has no bytes of its own."""
    if type(value) is not str or any("\ud800" <= character <= "\udfff" for character in value):
        raise Misshapen(where, "text")


def whole(value: Any, where: str) -> None:
    """Not a truth value, which Python takes for a number."""
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise Misshapen(where, "a whole number from 0 to 2^53 - 1")


def many(of: Shape, exactly: int | None = None) -> Shape:
    """A list of them, of a certain length if one is named."""

    def shape(value: Any, where: str) -> None:
        if type(value) is not list or len(value) != (len(value) if exactly is None else exactly):
            raise Misshapen(where, "a list" if exactly is None else f"a list of {exactly}")
        for number, one in enumerate(value):
            of(one, f"{where}/{number}")

    return shape


def members(**shapes: Shape) -> Shape:
    """An object with just these."""

    def shape(value: Any, where: str) -> None:
        if type(value) is not dict or set(value) != set(shapes):
            raise Misshapen(where, f"an object with {', '.join(shapes)} and nothing else")
        for name, one in shapes.items():
            one(value[name], f"{where}/{name}")

    return shape
