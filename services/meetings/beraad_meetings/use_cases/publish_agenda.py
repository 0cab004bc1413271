"""Publish the agenda: it is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class PublishAgenda:
    """Of which meeting."""

    meeting_id: UUID


def publish_agenda(command: PublishAgenda, work: Work, now: datetime) -> Meeting:
    """Raises `AgendaIsEmpty`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("agenda.publish", meeting.group_id)
    work.publish(meeting.publish_agenda(now))
    return meeting
