"""Who was there at an instant, and whether that was a quorum. Experts, guests and observers never count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import UUID

from beraad_meetings.domain.attendance import PRESENT, VOID


@dataclass(frozen=True)
class Term:
    """Somebody held a seat in `[from_at, vacated_at)`."""

    person_id: UUID
    from_at: datetime
    vacated_at: datetime | None = None

    def held(self, at: datetime) -> bool:
        """Whether they held it at that instant."""
        return self.from_at <= at and (self.vacated_at is None or at < self.vacated_at)


@dataclass(frozen=True)
class Line:
    """What counts of a line of the log. `counts`: they held a seat when it was written."""

    row_id: int
    person_id: UUID
    state: str
    at: datetime
    coordinates: bool = False
    replaces_id: int | None = None
    counts: bool = False


@dataclass(frozen=True)
class Interval:
    """Somebody was there in `[came_at, left_at)`; without an end they still are."""

    came_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Quorum:
    """At an instant: `base` seats were held, `needed` of them had to be there, `present` were."""

    at: datetime
    base: int
    needed: int
    present: int
    coordinator_present: bool
    coordinator_required: bool
    reached: bool


@dataclass(frozen=True)
class RollCall:
    """At an instant: everybody who was there, those of them who held a seat by id, and whether that was a quorum."""

    people: frozenset[UUID]
    counted: tuple[UUID, ...]
    quorum: Quorum


def needed_of(base: int, share: str) -> int:
    """That share of the base, rounded up; at least one. 1/2 of 11 is 6."""
    return max(1, ceil(base * Fraction(share)))


def held_from(starts_on: date, told_at: datetime) -> datetime:
    """From when a seat counts: when it was filled, or the first day (UTC) of a term that began on an earlier day."""
    if starts_on < told_at.astimezone(UTC).date():
        return datetime.combine(starts_on, time(), UTC)
    return told_at


class Presence:
    """Everybody's coming and going in one meeting, and who held a seat when."""

    def __init__(self, lines: Iterable[Line], terms: Iterable[Term], closed_at: datetime | None) -> None:
        """`lines` and `terms` in any order; nobody is there after `closed_at`."""
        every = list(lines)
        replaced = {line.replaces_id for line in every}
        standing = [line for line in every if line.row_id not in replaced and line.state != VOID]
        self._lines: dict[UUID, list[Line]] = {}
        for line in sorted(standing, key=lambda line: (line.at, line.row_id)):
            self._lines.setdefault(line.person_id, []).append(line)
        self._terms = list(terms)
        self._closed_at = closed_at
        self._came = any(line.state == PRESENT for line in standing)

    def taken(self, at: datetime) -> bool:
        """Whether it is known who came: somebody was noted present, or every seat holder as excused or absent."""
        return self._came or (bool(self._lines) and self._holders(at) <= self._lines.keys())

    def present(self, at: datetime) -> frozenset[UUID]:
        """Everybody who was there, whether they count or not."""
        return frozenset(line.person_id for line in self._there(at))

    def counted(self, at: datetime) -> tuple[UUID, ...]:
        """Those there who held a seat at that instant, by id."""
        return tuple(sorted(self.present(at) & self._holders(at)))

    def state(self, person_id: UUID) -> str | None:
        """The newest state of that person; None where nothing stands about them."""
        lines = self._lines.get(person_id)
        return lines[-1].state if lines else None

    def intervals(self, person_id: UUID) -> list[Interval]:
        """When that person was there, in order."""
        found: list[Interval] = []
        came: datetime | None = None
        for line in self._lines.get(person_id, []):
            if line.state == PRESENT:
                came = came or line.at
            elif came is not None:
                found.append(Interval(came, line.at))
                came = None
        if came is not None:
            found.append(Interval(came, self._closed_at))
        return [one for one in found if one.left_at is None or one.came_at < one.left_at]

    def quorum(self, rule: Mapping[str, Any], at: datetime) -> Quorum:
        """By that rule, at that instant."""
        return self.roll_call(rule, at).quorum

    def roll_call(self, rule: Mapping[str, Any], at: datetime) -> RollCall:
        """All that is known of that instant."""
        there, holders = self._there(at), self._holders(at)
        people = frozenset(line.person_id for line in there)
        counted = tuple(sorted(people & holders))
        needed = needed_of(len(holders), rule["share"])
        coordinated = any(_coordinates(line, holders) for line in there)
        required = bool(rule["coordinator_required"])
        quorum = Quorum(
            at=at,
            base=len(holders),
            needed=needed,
            present=len(counted),
            coordinator_present=coordinated,
            coordinator_required=required,
            reached=len(counted) >= needed and (coordinated or not required),
        )
        return RollCall(people, counted, quorum)

    def _there(self, at: datetime) -> list[Line]:
        if self._closed_at is not None and at > self._closed_at:
            return []
        last = (
            next((line for line in reversed(lines) if line.at <= at), None) for lines in self._lines.values()
        )
        return [line for line in last if line is not None and line.state == PRESENT]

    def _holders(self, at: datetime) -> frozenset[UUID]:
        return frozenset(term.person_id for term in self._terms if term.held(at))


def _coordinates(line: Line, holders: frozenset[UUID]) -> bool:
    """Whoever coordinated with a seat does so no more once they have left it: membership takes the role back with the seat."""
    return line.coordinates and (not line.counts or line.person_id in holders)
