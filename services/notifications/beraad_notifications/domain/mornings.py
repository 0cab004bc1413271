"""When digests come: at seven in the morning, the weekly one on Monday, unless their reader chose otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from beraad.domain import InvalidRequest
from beraad_notifications.domain.frequencies import DAILY, WEEKLY

DAYS = {DAILY: 1, WEEKLY: 7}


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """The hour of every digest, by their reader's clock, and the day of the weekly one (1 is Monday)."""

    hour: int = 7
    weekday: int = 1

    def __post_init__(self) -> None:
        """Raises `InvalidRequest`."""
        if not (0 <= self.hour <= 23 and 1 <= self.weekday <= 7):  # noqa: PLR2004 - hours of a day, days of a week
            raise InvalidRequest("there is no such hour or day", pointer="/digests")


MORNINGS = Rhythm()


def next_digest(after: datetime, zone: ZoneInfo, frequency: str, rhythm: Rhythm = MORNINGS) -> datetime:
    """The first of those hours after that instant, on its day if weekly, by the clocks of that zone; UTC."""
    today = after.astimezone(zone).date()
    to_come = (rhythm.weekday - today.isoweekday()) % 7 if frequency == WEEKLY else 0
    first = today + timedelta(days=to_come)
    moment = _at(first, zone, rhythm)
    return moment if moment > after else _at(first + timedelta(days=DAYS[frequency]), zone, rhythm)


def brought_forward(
    due_at: datetime, frequency: str, zone: ZoneInfo, rhythm: Rhythm, now: datetime
) -> datetime:
    """When what waits for a digest is told after its reader chose anew or moved: never later than it would have been."""
    if frequency not in DAYS:
        return min(due_at, now)
    return min(due_at, next_digest(now, zone, frequency, rhythm))


def _at(day: date, zone: ZoneInfo, rhythm: Rhythm) -> datetime:
    return datetime.combine(day, time(rhythm.hour), zone).astimezone(UTC)
