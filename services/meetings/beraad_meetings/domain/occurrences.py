"""The occurrences of a rule: where each starts, which are moved or cancelled, and how holidays are avoided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from beraad_meetings.domain.local_time import LocalStart, instant_of

NEXT_DAY, NEXT_WEEK, CANCEL = "next_day", "next_week", "cancel"
STEPS = {NEXT_DAY: timedelta(days=1), NEXT_WEEK: timedelta(days=7)}
AFTER_THE_LAST = timedelta(days=31)
"""How far the last occurrence may be moved; another stays before the one that follows it."""


@dataclass(frozen=True, kw_only=True)
class Avoid:
    """On which days a series does not meet, and what becomes of the occurrences that fall on them.

    `holidays`: a country (ISO 3166), or nothing; `days`: the organisation's own.
    """

    instead: str
    holidays: str = ""
    days: tuple[date, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """As kept with the series."""
        return {**vars(self), "days": [day.isoformat() for day in self.days]}

    @classmethod
    def from_document(cls, kept: Mapping[str, Any]) -> Avoid:
        """As it was given."""
        days = tuple(date.fromisoformat(day) for day in kept["days"])
        return cls(instead=kept["instead"], holidays=kept["holidays"], days=days)


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One occurrence: its start by the rule (naive `local`, instant `original`), and where it is now.

    `asked`: the wall clock it was moved to, if by one, or of the day that does not exist and is one with this. `avoided`: the name of the day it avoids, empty for a day of the organisation's own; None where it avoids none.
    """

    local: datetime
    original: LocalStart
    start: LocalStart
    duration_minutes: int
    asked: datetime | None = None
    cancelled: bool = False
    excepted: bool = False
    avoided: str | None = None

    @property
    def on(self) -> date:
        """The day the rule has it on, by the wall calendar: what it is known by."""
        return self.local.date()

    @property
    def wall_clock(self) -> datetime:
        """The naive local start that was asked for, which there may not be or be twice."""
        return self.asked or self.local

    @property
    def ends_at(self) -> datetime:
        """Start plus duration."""
        return self.start.starts_at + timedelta(minutes=self.duration_minutes)


def by_rule(starts: Iterable[datetime], time_zone: str, duration_minutes: int) -> list[Occurrence]:
    """The occurrences at these naive local starts.

    Where a whole day does not exist its occurrence falls on the next; if the rule has that day too they are one.
    """
    found: list[Occurrence] = []
    for local in starts:
        start = instant_of(local, time_zone)
        if found and found[-1].original.starts_at == start.starts_at:
            found[-1] = replace(found[-1], local=local, asked=found[-1].local)
            continue
        found.append(Occurrence(local=local, original=start, start=start, duration_minutes=duration_minutes))
    return found


def avoiding(
    occurrences: Sequence[Occurrence], days: Mapping[date, str], instead: str, time_zone: str
) -> list[Occurrence]:
    """Those on one of the days (by name) move to a day that is free, or are cancelled where none is.

    A day is free that is neither avoided nor another occurrence's, and comes before the next occurrence. Those somebody
    moved or cancelled by hand stay where they are.
    """
    taken = {one.on for one in occurrences}
    taken |= {one.start.local_day(time_zone) for one in occurrences if not one.cancelled}
    ends = [one.on for one in occurrences[1:]] + [occurrences[-1].on + AFTER_THE_LAST] if occurrences else []
    return [
        _elsewhere(one, _free_day(one.on, end, instead, taken.union(days)), days[one.on], time_zone)
        if one.on in days and not one.excepted
        else one
        for one, end in zip(occurrences, ends, strict=True)
    ]


def _free_day(day: date, before: date, instead: str, taken: set[date]) -> date | None:
    step = STEPS.get(instead)
    found = day
    while step is not None and found + step < before:
        found += step
        if found not in taken:
            return found
    return None


def _elsewhere(one: Occurrence, day: date | None, name: str, time_zone: str) -> Occurrence:
    if day is None:
        return replace(one, cancelled=True, avoided=name)
    asked = datetime.combine(day, one.local.time())
    return replace(one, asked=asked, start=instant_of(asked, time_zone), avoided=name)
