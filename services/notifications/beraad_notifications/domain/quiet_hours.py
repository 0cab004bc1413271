"""Quiet hours: from when to when, by their own clock, a person wants no mail that can wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from beraad.domain import InvalidRequest

WEEK = frozenset(range(1, 8))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """Every day of `days` (1 is Monday) from `begins` to `ends`, past midnight where that is not later; equal is a whole day.

    A time that the clock skips is the one it shows instead; of a time that it shows twice, the first counts.
    """

    begins: time
    ends: time
    days: frozenset[int] = WEEK
    urgent_comes: bool = True
    """Mail about something that is over within a day comes all the same."""

    def __post_init__(self) -> None:
        """Raises `InvalidRequest` where there is no such day, or no time left for mail."""
        if not self.days or not self.days <= WEEK:
            raise InvalidRequest("days are 1 (Monday) to 7", pointer="/quiet_hours/days")
        if self.begins == self.ends and self.days == WEEK:
            raise InvalidRequest("quiet hours leave no time for mail", pointer="/quiet_hours")

    def over_at(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet time of that moment is over, with those that follow without a gap; None where it is not quiet. UTC."""
        over = moment
        while (later := self._end_around(over, zone)) is not None:
            over = later
        return None if over == moment else over

    def _end_around(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        today = moment.astimezone(zone).date()
        spans = (self._span(day, zone) for day in (today - ONE_DAY, today) if day.isoweekday() in self.days)
        return max((end for begin, end in spans if begin <= moment < end), default=None)

    def _span(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        last = day if self.begins < self.ends else day + ONE_DAY
        return _by_clock(day, self.begins, zone), _by_clock(last, self.ends, zone)


def _by_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
