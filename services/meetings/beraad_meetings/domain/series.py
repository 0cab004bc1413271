"""Series: meetings that recur by a rule of RFC 5545, in a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NewType
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_meetings.domain.events import SeriesChanged, SeriesCreated
from beraad_meetings.domain.local_time import LocalStart, instant_of

SeriesId = NewType("SeriesId", UUID)
MOST_OCCURRENCES = 100
LONGEST_SPAN = timedelta(days=3660)


class SeriesTooLong(RuleBroken):
    """A series has at most 100 meetings within ten years: give it an earlier end, or a smaller count."""


@dataclass(eq=False, kw_only=True)
class Series:
    """The rule and what its meetings have in common.

    `sequence` is the one SEQUENCE counter of the calendar's UID: it covers every occurrence, because readers
    drop an override with a lower number. `changed_at` is the calendar's DTSTAMP.
    """

    id: UUID
    group_id: UUID
    title: str
    recurrence: str
    time_zone: str
    first_starts_on: date
    start_time: time
    duration_minutes: int
    place: str
    online_link: str
    changed_at: datetime
    sequence: int = 0
    revision: int = 1

    @property
    def first_start(self) -> LocalStart:
        """The first meeting's instant."""
        return instant_of(datetime.combine(self.first_starts_on, self.start_time), self.time_zone)

    def created(self) -> SeriesCreated:
        """The fact that these meetings recur."""
        return SeriesCreated(**self._state())

    def except_one(self, at: datetime) -> SeriesChanged:
        """An occurrence was moved or cancelled: the calendar's SEQUENCE rises."""
        self.sequence += 1
        self.changed_at = at
        self.revision += 1
        return SeriesChanged(**self._state())

    def _state(self) -> dict[str, Any]:
        names = "revision group_id title recurrence time_zone duration_minutes"
        return {
            "series_id": self.id,
            "first_starts_at": self.first_start.starts_at,
            **{name: getattr(self, name) for name in names.split()},
        }
