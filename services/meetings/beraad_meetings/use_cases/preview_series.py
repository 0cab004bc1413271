"""Show what a rule would make, without keeping anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from beraad.domain import InvalidRequest
from beraad_meetings.domain.local_time import LocalStart, instant_of
from beraad_meetings.domain.occurrences import Avoid, Occurrence, by_rule
from beraad_meetings.use_cases.plan_series import avoided, first_start
from beraad_meetings.use_cases.ports import Planning


@dataclass(frozen=True, kw_only=True)
class Exceptional:
    """One occurrence that is not where the rule has it, named by the day or the instant of its start by the rule."""

    original_starts_on: date | None = None
    original_starts_at: datetime | None = None
    cancelled: bool = False
    starts_on: date | None = None
    start_time: time | None = None
    starts_at: datetime | None = None
    duration_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class PreviewSeries:
    """As `ScheduleSeries`, of no group, with exceptions."""

    recurrence: str
    first_starts_on: date
    start_time: time
    duration_minutes: int
    time_zone: str
    exceptions: Sequence[Exceptional] = ()
    avoid: Avoid | None = None


def preview_series(command: PreviewSeries, work: Planning) -> list[Occurrence]:
    """The occurrences by the rule, in its order. Raises `InvalidRequest`, `SeriesTooLong`."""
    work.authorize("series.preview")
    first = first_start(command.first_starts_on, command.start_time)
    rule = work.calendars.normalize(command.recurrence, first, command.time_zone)
    starts = work.calendars.local_starts(rule, first, command.time_zone)
    occurrences = by_rule(starts, command.time_zone, command.duration_minutes)
    for number, exception in enumerate(command.exceptions):
        _except(occurrences, exception, command.time_zone, f"/exceptions/{number}")
    return avoided(occurrences, command.avoid, command.time_zone, work)


def _except(occurrences: list[Occurrence], exception: Exceptional, zone: str, pointer: str) -> None:
    place = _place(occurrences, exception, pointer)
    one = occurrences[place]
    asked = _asked(one, exception, pointer)
    moved = asked is not None or exception.starts_at is not None
    if exception.cancelled == moved:
        raise InvalidRequest(
            "say where it goes (starts_on, start_time or starts_at), or that it is cancelled", pointer=pointer
        )
    occurrences[place] = replace(
        one,
        excepted=True,
        cancelled=exception.cancelled,
        asked=asked,
        start=_start(one, exception, asked, zone),
        duration_minutes=exception.duration_minutes or one.duration_minutes,
    )


def _place(occurrences: list[Occurrence], exception: Exceptional, pointer: str) -> int:
    day, instant = exception.original_starts_on, exception.original_starts_at
    if (day is None) == (instant is None):
        raise InvalidRequest(
            "name the occurrence by original_starts_on or by original_starts_at", pointer=pointer
        )
    name = "original_starts_on" if instant is None else "original_starts_at"
    for place, one in enumerate(occurrences):
        if one.on == day or one.original.starts_at == instant:
            if one.excepted:
                raise InvalidRequest("another exception names this occurrence", pointer=f"{pointer}/{name}")
            return place
    raise InvalidRequest("the rule has no occurrence then", pointer=f"{pointer}/{name}")


def _asked(one: Occurrence, exception: Exceptional, pointer: str) -> datetime | None:
    day, clock = exception.starts_on, exception.start_time
    if day is None and clock is None:
        return None
    if exception.starts_at is not None:
        raise InvalidRequest("name starts_at, or starts_on and start_time", pointer=f"{pointer}/starts_at")
    return datetime.combine(day or one.on, clock or one.local.time())


def _start(one: Occurrence, exception: Exceptional, asked: datetime | None, zone: str) -> LocalStart:
    if exception.starts_at is not None:
        return LocalStart(exception.starts_at.astimezone(UTC))
    return one.start if asked is None else instant_of(asked, zone)
