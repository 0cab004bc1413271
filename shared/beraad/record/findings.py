"""What is found wrong with a record."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 80


@dataclass(frozen=True)
class Finding:
    """A stable code (a sentence's name), the place it concerns, and a sentence for a person."""

    code: str
    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.says}"


def quoted(value: object) -> str:
    """A value nobody vouches for, short and in ASCII, for use in a sentence."""
    told = ascii(value) if isinstance(value, str | int | bool | None) else type(value).__name__
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"
