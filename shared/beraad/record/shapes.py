"""What a single JSON value looks like: a quick test, what was expected instead, and JSON Schema for readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol

from beraad.record.canonical import LARGEST
from beraad.record.findings import quoted


class Shape(Protocol):
    """One kind of value."""

    def fits(self, value: Any) -> bool:
        """Whether the value is of this kind."""

    def fault(self, value: Any, where: str) -> tuple[str, str]:
        """Where a value that does not fit differs first, and what was expected there."""

    def schema(self) -> dict[str, Any]:
        """As JSON Schema 2020-12."""


@dataclass(frozen=True)
class _Plain:
    """Without an inside."""

    says: str

    def fits(self, value: Any) -> bool:
        raise NotImplementedError

    def fault(self, value: Any, where: str) -> tuple[str, str]:
        return where, f"{self.says} was expected, not {quoted(value)}"


@dataclass(frozen=True)
class Text(_Plain):
    """ASCII of a pattern."""

    pattern: re.Pattern[str]

    def fits(self, value: Any) -> bool:
        return type(value) is str and self.pattern.fullmatch(value) is not None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern.pattern})$"}


@dataclass(frozen=True)
class Whole(_Plain):
    """An integer from `least` to 2^53 - 1."""

    least: int = 0

    def fits(self, value: Any) -> bool:
        return type(value) is int and self.least <= value <= LARGEST

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": LARGEST}


@dataclass(frozen=True)
class OneOf(_Plain):
    """One of these words or numbers."""

    values: tuple[str | int, ...]

    def fits(self, value: Any) -> bool:
        return type(value) in {str, int} and value in self.values

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class Flag(_Plain):
    """True or false."""

    def fits(self, value: Any) -> bool:
        return type(value) is bool

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class AnyText(_Plain):
    """Any text; whether it is whole Unicode is for `canonical` to say."""

    def fits(self, value: Any) -> bool:
        return type(value) is str

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True)
class Document(_Plain):
    """An object of any members, for others to read."""

    def fits(self, value: Any) -> bool:
        return type(value) is dict

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


@dataclass(frozen=True)
class Anything:
    """Any value."""

    def fits(self, value: Any) -> bool:
        return True

    def fault(self, value: Any, where: str) -> tuple[str, str]:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        return {}
