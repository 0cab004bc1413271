"""Close a meeting: it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.attendance import AttendanceNotTaken
from beraad_meetings.domain.meeting_states import MeetingNeedsReport
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class CloseMeeting:
    """Which meeting; `report`: what was done, in short, where there are no minutes yet."""

    meeting_id: UUID
    report: str = ""


def close_meeting(command: CloseMeeting, work: Work, now: datetime) -> Meeting:
    """The item that is on is closed with it.

    Raises `AttendanceNotTaken`, `MeetingNeedsReport`, `MeetingNotOpened`, `MeetingIsOver`, `MeetingIsCancelled`,
    `NotFound`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("meeting.close", meeting.group_id)
    meeting.refuse("meeting.close")
    presence = work.attendance.presence(meeting)
    if not presence.taken(now):
        raise AttendanceNotTaken
    if not (command.report or work.minutes.is_written(meeting.id) or work.files.has_report(meeting.id)):
        raise MeetingNeedsReport
    quorate = presence.quorum(meeting.quorum, now).reached
    work.publish(meeting.close(command.report, now, quorate=quorate))
    return meeting
