"""Series: meetings that recur by a rule of RFC 5545, in a zone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NewType
from uuid import UUID

from beraad.domain import YES, Decision, RuleBroken, expect_revision, no
from beraad_meetings.domain.events import SeriesChanged, SeriesCreated
from beraad_meetings.domain.local_time import LocalStart, instant_of

SeriesId = NewType("SeriesId", UUID)
MOST_OCCURRENCES = 100
LONGEST_SPAN = timedelta(days=3660)
TIMED = frozenset({"start_time", "duration_minutes", "recurrence"})
"""What raises SEQUENCE; title, place and link do not."""


class SeriesTooLong(RuleBroken):
    """A series has at most 100 meetings within ten years: give it an earlier end, or a smaller count."""


class SeriesIsOver(RuleBroken):
    """No meeting of this series is still to come, or none from that day on."""


class SeriesIsCancelled(RuleBroken):
    """The series was cancelled."""


@dataclass(frozen=True, kw_only=True)
class Common:
    """What the meetings of a series have in common, at one moment."""

    id: UUID
    title: str
    place: str
    online_link: str
    duration_minutes: int
    time_zone: str


@dataclass(eq=False, kw_only=True)
class Series:
    """The rule and what its meetings have in common.

    `sequence` is the one SEQUENCE counter of the calendar's UID: it covers every occurrence, because readers
    drop an override with a lower number. `changed_at` is the calendar's DTSTAMP. `avoid`: on which days it does not
    meet; `avoided`: what that moved or cancelled.
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
    avoid: dict[str, Any] | None = None
    avoided: list[dict[str, Any]] = field(default_factory=list)
    follows_series_id: UUID | None = None
    cancelled_at: datetime | None = None
    sequence: int = 0
    revision: int = 1

    @property
    def first_start(self) -> LocalStart:
        """The first meeting's instant."""
        return instant_of(datetime.combine(self.first_starts_on, self.start_time), self.time_zone)

    def common(self) -> Common:
        """As it is now."""
        return Common(**{name: getattr(self, name) for name in Common.__dataclass_fields__})

    def expect(self, revision: int) -> None:
        """Raise `Stale` where the caller read another revision."""
        expect_revision(self.revision, revision)

    def created(self) -> SeriesCreated:
        """The fact that these meetings recur."""
        return SeriesCreated(**self._state())

    def except_one(self, at: datetime) -> SeriesChanged:
        """An occurrence was moved or cancelled: the calendar's SEQUENCE rises."""
        self.sequence += 1
        return self._changed(at)

    def uninvite(self, at: datetime) -> int:
        """Somebody is not invited any more; for others nothing changes. The SEQUENCE to tell their calendar.

        What follows has a higher one, so that a calendar takes an invitation that comes after all.
        """
        self.sequence += 2
        self.changed_at = at
        return self.sequence - 1

    def change(self, changes: Mapping[str, Any], at: datetime) -> SeriesChanged:
        """All its meetings change. SEQUENCE rises for another time, length or rule."""
        for name, value in changes.items():
            setattr(self, name, value)
        if TIMED.intersection(changes):
            self.sequence += 1
        return self._changed(at)

    def end(self, recurrence: str, at: datetime) -> SeriesChanged:
        """It ends earlier, by that rule."""
        self.recurrence = recurrence
        self.sequence += 1
        return self._changed(at)

    def cancel(self, at: datetime) -> SeriesChanged:
        """None of its meetings takes place."""
        self.cancelled_at = at
        self.sequence += 1
        return self._changed(at)

    def continued(self, series_id: UUID, changes: Mapping[str, Any], at: datetime) -> Series:
        """The series that goes on where this one ends.

        It counts SEQUENCE on from here: a guest knows a meeting that goes over by the UID it had before.
        """
        kept = "group_id title recurrence time_zone first_starts_on start_time duration_minutes place online_link"
        values = {name: getattr(self, name) for name in [*kept.split(), "avoid", "sequence"]}
        return Series(
            **{**values, **changes}, id=series_id, avoided=[], follows_series_id=self.id, changed_at=at
        )

    def forget_avoided(self, meeting_ids: Collection[UUID]) -> None:
        """These meetings are of another series now."""
        kept = [one for one in self.avoided if UUID(one["meeting_id"]) not in meeting_ids]
        if kept != self.avoided:
            self.avoided = kept

    def _changed(self, at: datetime) -> SeriesChanged:
        self.changed_at = at
        self.revision += 1
        return SeriesChanged(**self._state())

    def _state(self) -> dict[str, Any]:
        names = "revision group_id title recurrence time_zone duration_minutes place online_link follows_series_id"
        return {
            "series_id": self.id,
            "first_starts_at": self.first_start.starts_at,
            "cancelled": self.cancelled_at is not None,
            **{name: getattr(self, name) for name in names.split()},
        }


def still_open(*, cancelled: bool, to_come: bool) -> Decision:
    """Whether a series lets itself be changed or cancelled."""
    if cancelled:
        return no(SeriesIsCancelled.__name__, str(SeriesIsCancelled()))
    return YES if to_come else no(SeriesIsOver.__name__, str(SeriesIsOver()))
