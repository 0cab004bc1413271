"""Schedule meetings that recur, and invite the group once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.local_time import instant_of
from beraad_meetings.domain.meeting_states import GroupHasEnded
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
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
    despite_conflicts: str | None = None
    id: UUID = field(default_factory=new_id)


def schedule_series(command: ScheduleSeries, work: Work, now: datetime) -> Series:
    """Raises `InvalidRequest`, `SeriesTooLong`, `GroupHasEnded`, `NotYetKnown`, `DoubleBooking`."""
    work.authorize("series.create", command.group_id)
    group = work.roster.hold(command.group_id)
    if group.ended:
        raise GroupHasEnded
    zone = command.time_zone or group.time_zone
    first = datetime.combine(command.first_starts_on, command.start_time)
    recurrence = work.calendars.normalize(command.recurrence, first, zone)
    starts = work.calendars.local_starts(recurrence, first, zone)
    series = _series(command, zone, recurrence, now)
    occurrences = [_occurrence(series, local, now) for local in starts]
    work.series.add(series)
    work.publish(series.created())
    for meeting in occurrences:
        work.meetings.add(meeting)
    people = work.roster.seat_holders(series.group_id)
    refuse_double_booking(occurrences, people, command.despite_conflicts, work, now)
    work.publish(*(meeting.scheduled(now) for meeting in occurrences))
    invite_to_series(series, occurrences, people, work, now)
    return series


def _series(command: ScheduleSeries, zone: str, recurrence: str, now: datetime) -> Series:
    asked = {name: value for name, value in vars(command).items() if name != "despite_conflicts"}
    return Series(**{**asked, "time_zone": zone, "recurrence": recurrence, "changed_at": now})


def _occurrence(series: Series, local: datetime, now: datetime) -> Meeting:
    start = instant_of(local, series.time_zone)
    return Meeting(
        id=new_id(),
        series_id=series.id,
        group_id=series.group_id,
        title=series.title,
        kind="working_meeting",
        starts_at=start.starts_at,
        occurs_at=start.starts_at,
        local_time_warning=start.warning,
        duration_minutes=series.duration_minutes,
        time_zone=series.time_zone,
        place=series.place,
        online_link=series.online_link,
        changed_at=now,
    )
