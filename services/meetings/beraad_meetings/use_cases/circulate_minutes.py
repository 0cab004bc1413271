"""Send the draft minutes round for reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad_meetings.domain.minutes import Minutes
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class CirculateMinutes:
    """Of which meeting."""

    meeting_id: UUID


def circulate_minutes(command: CirculateMinutes, work: Work, now: datetime) -> Minutes:
    """Raises `MinutesAlreadyCirculated`, `MinutesAreApproved`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("minutes.circulate", meeting.group_id)
    minutes = work.minutes.of_meeting(meeting.id)
    if minutes is None:
        raise NotFound("nobody has written minutes of this meeting")
    work.publish(*minutes.circulate(now))
    return minutes
