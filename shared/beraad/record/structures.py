"""What JSON lists and objects look like, and the first place where one differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beraad.record.findings import quoted
from beraad.record.shapes import Shape


@dataclass(frozen=True)
class OrNull:
    """Or nothing."""

    of: Shape

    def fits(self, value: Any) -> bool:
        return value is None or self.of.fits(value)

    def fault(self, value: Any, where: str) -> tuple[str, str]:
        return self.of.fault(value, where)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True)
class ListOf:
    """Any number of them."""

    of: Shape

    def fits(self, value: Any) -> bool:
        return type(value) is list and all(map(self.of.fits, value))

    def fault(self, value: Any, where: str) -> tuple[str, str]:
        if type(value) is not list:
            return where, f"a list was expected, not {quoted(value)}"
        at = next(at for at, item in enumerate(value) if not self.of.fits(item))
        return self.of.fault(value[at], f"{where}/{at}")

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.of.schema()}


@dataclass(frozen=True)
class Members:
    """An object with exactly these members; `more` allows others beside them."""

    members: Mapping[str, Shape]
    more: bool = False

    def fits(self, value: Any) -> bool:
        if type(value) is not dict or not self._named(value):
            return False
        return all(shape.fits(value[name]) for name, shape in self.members.items())

    def fault(self, value: Any, where: str) -> tuple[str, str]:
        if type(value) is not dict:
            return where, f"an object was expected, not {quoted(value)}"
        if not self._named(value):
            return where, f"has the members {quoted(' '.join(map(str, value)))}, not {' '.join(self.members)}"
        name = next(name for name, shape in self.members.items() if not shape.fits(value[name]))
        return self.members[name].fault(value[name], f"{where}/{name}")

    def schema(self) -> dict[str, Any]:
        properties = {name: shape.schema() for name, shape in self.members.items()}
        closed = {} if self.more else {"additionalProperties": False}
        return {"type": "object", "properties": properties, "required": [*properties], **closed}

    def _named(self, value: dict[str, Any]) -> bool:
        return self.members.keys() <= value.keys() if self.more else self.members.keys() == value.keys()
