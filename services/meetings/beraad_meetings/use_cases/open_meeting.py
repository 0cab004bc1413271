"""Open a meeting: it has begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class OpenMeeting:
    """Which meeting."""

    meeting_id: UUID


def open_meeting(command: OpenMeeting, work: Work, now: datetime) -> Meeting:
    """Raises `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("meeting.open", meeting.group_id)
    work.publish(meeting.open(now))
    return meeting
