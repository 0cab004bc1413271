"""Schedule meetings that recur, and invite the group once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_meetings.domain.meeting_states import PLANNED, GroupHasEnded
from beraad_meetings.domain.occurrences import Avoid, by_rule
from beraad_meetings.domain.series import Series
from beraad_meetings.use_cases.plan_series import announce, avoided, first_start, meeting_of, told_avoided
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.refuse_double_booking import refuse_double_booking
from beraad_meetings.use_cases.tell_invitees import invite_to_series


@dataclass(frozen=True, kw_only=True)
class ScheduleSeries:
    """`recurrence` is an RRULE (RFC 5545) with COUNT or UNTIL; times are local in `time_zone` (the group's if none)."""

    group_id: UUID
    title: str
    recurrence: str
    first_starts_on: date
    start_time: time
    duration_minutes: int
    time_zone: str | None = None
    place: str = ""
    online_link: str = ""
    avoid: Avoid | None = None
    despite_conflicts: str | None = None
    id: UUID = field(default_factory=new_id)


def schedule_series(command: ScheduleSeries, work: Work, now: datetime) -> Series:
    """Raises `InvalidRequest`, `SeriesTooLong`, `GroupHasEnded`, `NotYetKnown`, `DoubleBooking`."""
    work.authorize("series.create", command.group_id)
    group = work.roster.hold(command.group_id)
    if group.ended:
        raise GroupHasEnded
    series = _series(command, command.time_zone or group.time_zone, work, now)
    starts = work.calendars.local_starts(
        series.recurrence, first_start(series.first_starts_on, series.start_time), series.time_zone
    )
    plain = by_rule(starts, series.time_zone, series.duration_minutes)
    pairs = [
        (meeting_of(series, one, now), one) for one in avoided(plain, command.avoid, series.time_zone, work)
    ]
    series.avoided = told_avoided(pairs)
    work.series.add(series)
    work.publish(series.created())
    for meeting, one in pairs:
        announce(meeting, one, work, now)
    occurrences = [meeting for meeting, _one in pairs]
    if all(one.starts_at <= now for one in occurrences):
        raise InvalidRequest("all of its meetings would be in the past", pointer="/first_starts_on")
    people = work.roster.members(series.group_id)
    planned = [one for one in occurrences if one.state == PLANNED]
    refuse_double_booking(planned, people, command.despite_conflicts, work, now)
    invite_to_series(series, occurrences, people, work, now)
    return series


def _series(command: ScheduleSeries, zone: str, work: Work, now: datetime) -> Series:
    first = first_start(command.first_starts_on, command.start_time)
    given = {
        "time_zone": zone,
        "recurrence": work.calendars.normalize(command.recurrence, first, zone),
        "avoid": command.avoid.to_document() if command.avoid else None,
    }
    asked = {name: value for name, value in vars(command).items() if name != "despite_conflicts"}
    return Series(**{**asked, **given}, changed_at=now)
