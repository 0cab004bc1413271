"""Calendar days of a group and the instants at which they begin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(at: datetime, time_zone: str) -> date:
    """The day it is in that zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """The instant that day begins in that zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def end_of(day: date, time_zone: str) -> datetime:
    """The instant that day is over in that zone, in UTC."""
    return start_of(day + timedelta(days=1), time_zone)
