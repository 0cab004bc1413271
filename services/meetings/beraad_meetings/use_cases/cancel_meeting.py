"""Cancel a meeting, or one occurrence of a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import count_exception, tell_invitees
from beraad_meetings.use_cases.tell_waiting import let_lapse


@dataclass(frozen=True)
class CancelMeeting:
    """Which, and why: the reason is in the mail."""

    meeting_id: UUID
    reason: str


def cancel_meeting(command: CancelMeeting, work: Work, now: datetime) -> Meeting:
    """A repeated cancel changes and sends nothing; those who waited for a place are told too.

    Raises `MeetingHasBegun`, `MeetingIsOver`, `NotFound`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("meeting.cancel", meeting.group_id, meeting.kind)
    call_off_meeting(meeting, command.reason, work, now)
    return meeting


def call_off_meeting(meeting: Meeting, reason: str, work: Work, now: datetime) -> None:
    """Cancel a meeting that is held, and tell everybody invited."""
    events = meeting.cancel(reason, now)
    if events:
        work.publish(*events)
        let_lapse([meeting], work)
        series = count_exception(meeting, work, now)
        tell_invitees(meeting, "cancelled", series, work, reason=reason)
