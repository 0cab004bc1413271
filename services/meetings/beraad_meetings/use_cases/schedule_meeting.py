"""Schedule one meeting, assembly or visit, and invite the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_meetings.domain.local_time import LocalStart, instant_of
from beraad_meetings.domain.meeting_states import ORDINARY_QUORUM, GroupHasEnded
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import RegistrationList
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.refuse_double_booking import refuse_double_booking
from beraad_meetings.use_cases.tell_invitees import invite_to_meeting


@dataclass(frozen=True, kw_only=True)
class ScheduleMeeting:
    """The start is an instant (`starts_at`) or a wall clock (`local_start`, naive) in `time_zone`, the group's if none."""

    group_id: UUID
    title: str
    kind: str
    duration_minutes: int
    starts_at: datetime | None = None
    local_start: datetime | None = None
    time_zone: str | None = None
    place: str = ""
    online_link: str = ""
    despite_conflicts: str | None = None
    """Why people are booked who are in another meeting at that time."""
    capacity: int | None = None
    """Places, where the meeting is open to all."""
    quorum: Mapping[str, Any] = field(default_factory=lambda: ORDINARY_QUORUM)
    id: UUID = field(default_factory=new_id)


def schedule_meeting(command: ScheduleMeeting, work: Work, now: datetime) -> Meeting:
    """Raises `InvalidRequest`, `GroupHasEnded`, `NotYetKnown`, `DoubleBooking`."""
    work.authorize("meeting.schedule", command.group_id, command.kind)
    group = work.roster.hold(command.group_id)
    if group.ended:
        raise GroupHasEnded
    zone = command.time_zone or group.time_zone
    start = _start(command, zone)
    if start.starts_at <= now:
        named = "starts_on" if command.starts_at is None else "starts_at"
        raise InvalidRequest("a meeting is planned for a moment to come", pointer=f"/{named}")
    meeting = Meeting(
        id=command.id,
        series_id=None,
        group_id=command.group_id,
        title=command.title,
        kind=command.kind,
        starts_at=start.starts_at,
        local_time_warning=start.warning,
        duration_minutes=command.duration_minutes,
        time_zone=zone,
        place=command.place,
        online_link=command.online_link,
        quorum=dict(command.quorum),
        changed_at=now,
    )
    people = work.roster.members(meeting.group_id)
    work.meetings.add(meeting)
    refuse_double_booking([meeting], people, command.despite_conflicts, work, now)
    work.publish(meeting.scheduled(now))
    invite_to_meeting(meeting, people, work)
    if command.capacity is not None:
        work.registrations.keep_list(RegistrationList(meeting_id=meeting.id, capacity=command.capacity))
    return meeting


def _start(command: ScheduleMeeting, zone: str) -> LocalStart:
    if command.starts_at is not None and command.local_start is None:
        return LocalStart(command.starts_at)
    if command.local_start is not None and command.starts_at is None:
        return instant_of(command.local_start, zone)
    raise InvalidRequest("name starts_at, or starts_on with start_time", pointer="/starts_at")
