"""From a wall clock in a zone to an instant, also where the wall clock jumps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

NONEXISTENT = "nonexistent_local_time"
AMBIGUOUS = "ambiguous_local_time"


@dataclass(frozen=True)
class LocalStart:
    """An instant (UTC), and the warning that the wall clock did not say it plainly."""

    starts_at: datetime
    warning: str = ""

    def local_day(self, zone: str) -> date:
        """The day it falls on there."""
        return local_day(self.starts_at, zone)


def local_day(instant: datetime, zone: str) -> date:
    """The day an instant falls on in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def instant_of(local: datetime, zone: str) -> LocalStart:
    """The instant of a naive local time.

    A time that does not exist is read with the offset before the jump, so it falls later; one that exists
    twice is the first (RFC 5545 §3.3.5). Both carry a warning.
    """
    known = ZoneInfo(zone)
    first = local.replace(tzinfo=known, fold=0)
    instant = first.astimezone(UTC)
    if instant.astimezone(known).replace(tzinfo=None) != local:
        return LocalStart(instant, NONEXISTENT)
    if first.utcoffset() != local.replace(tzinfo=known, fold=1).utcoffset():
        return LocalStart(instant, AMBIGUOUS)
    return LocalStart(instant)
