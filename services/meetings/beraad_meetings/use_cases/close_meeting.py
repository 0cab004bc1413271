"""Close a meeting: it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class CloseMeeting:
    """Which meeting."""

    meeting_id: UUID


def close_meeting(command: CloseMeeting, work: Work, now: datetime) -> Meeting:
    """Raises `MeetingNotOpened`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("meeting.close", meeting.group_id)
    work.publish(meeting.close(now))
    return meeting
