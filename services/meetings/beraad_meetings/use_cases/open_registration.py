"""Open a meeting to all, with so many places; or change how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import RegistrationList
from beraad_meetings.use_cases.fill_places import fill_places
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class OpenRegistration:
    """`capacity`: places for those who register."""

    meeting_id: UUID
    capacity: int


def open_registration(command: OpenRegistration, work: Work, now: datetime) -> Meeting:
    """More places go to those who wait; with fewer nobody loses theirs.

    Raises `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("registration.open", meeting.group_id)
    meeting.refuse("registration.open")
    places = work.registrations.list_of(meeting.id)
    places = places or RegistrationList(meeting_id=meeting.id, capacity=command.capacity)
    places.capacity = command.capacity
    work.registrations.keep_list(places)
    fill_places(meeting, work, now)
    return meeting
