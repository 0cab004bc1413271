"""Approve minutes at a later meeting of the group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.minutes import Minutes
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class ApproveMinutes:
    """Which minutes, and the meeting that approved them."""

    minutes_id: UUID
    at_meeting_id: UUID


def approve_minutes(command: ApproveMinutes, work: Work, now: datetime) -> Minutes:
    """Raises `MinutesNotCirculated`, `ApprovedOnlyAtALaterMeeting`, `MeetingNotOpened`, `MeetingIsOver`, `MinutesAreApproved`."""
    minutes = work.minutes.get(command.minutes_id)
    work.authorize("minutes.approve", minutes.group_id)
    later = work.meetings.get(command.at_meeting_id)
    work.publish(minutes.approve(work.meetings.get(minutes.meeting_id), later, now))
    return minutes
