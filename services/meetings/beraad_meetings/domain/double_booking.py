"""Double booking: nobody is in two meetings at once, unless somebody says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken

MOST_TOLD = 20
"""A refusal names at most this many conflicts; it counts all."""


class DoubleBooking(RuleBroken):
    """Somebody would be in two meetings at once: choose another time, or say why it must be."""


@dataclass(frozen=True)
class Span:
    """From `starts_at` up to, not including, `ends_at`: what touches does not overlap. UTC."""

    starts_at: datetime
    ends_at: datetime

    def shared_with(self, other: Span) -> Span | None:
        """What both cover, if anything."""
        shared = Span(max(self.starts_at, other.starts_at), min(self.ends_at, other.ends_at))
        return shared if shared.starts_at < shared.ends_at else None


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """One person, one of the spans to book, and a meeting of theirs that overlaps it.

    `title` and `group_id` of that meeting are known only where the caller may see it.
    """

    span: Span
    person_id: UUID
    name: str | None = None
    meeting_id: UUID
    overlap: Span
    title: str | None = None
    group_id: UUID | None = None
    visible: bool = False

    def to_document(self) -> dict[str, Any]:
        """As told in a refusal and of a poll's slot."""
        seen = {"id": str(self.meeting_id), "title": self.title, "group_id": str(self.group_id)}
        return {
            "person_id": str(self.person_id),
            "name": self.name,
            "meeting": seen if self.visible else None,
            "overlap_starts_at": self.overlap.starts_at.isoformat(),
            "overlap_ends_at": self.overlap.ends_at.isoformat(),
        }

    def __str__(self) -> str:
        """As a person reads it; times in UTC."""
        other = f"“{self.title}”" if self.visible else "another meeting"
        start, end = self.overlap.starts_at, self.overlap.ends_at
        return f"{self.name or self.person_id} is in {other} from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, kw_only=True)
class OverriddenConflict:
    """A meeting was booked although people of it are in another at that time, and why."""

    id: UUID
    meeting_id: UUID
    people: int
    reason: str
    overridden_by: UUID | None
    overridden_at: datetime


def double_booking(conflicts: Sequence[Conflict]) -> DoubleBooking:
    """The refusal: the first conflict in words, the first twenty as data, the number of all."""
    rest = f", and {len(conflicts) - 1} more such conflicts" if len(conflicts) > 1 else ""
    return DoubleBooking(
        f"{conflicts[0]}{rest}",
        conflicts=[conflict.to_document() for conflict in conflicts[:MOST_TOLD]],
        total=len(conflicts),
    )


def overlaps_among(spans: Iterable[Span]) -> Span | None:
    """The first overlap of spans with one another, if there is one."""
    ordered = sorted(spans, key=lambda span: (span.starts_at, span.ends_at))
    shared = (one.shared_with(other) for one, other in pairwise(ordered))
    return next(filter(None, shared), None)
