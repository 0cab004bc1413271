"""Go through the agenda: start an item, close it. One is on at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class StartAgendaItem:
    """`close_running`: go on to this one from the one that is on."""

    item_id: UUID
    close_running: bool = False


@dataclass(frozen=True)
class CloseAgendaItem:
    """Which item."""

    item_id: UUID


def start_agenda_item(command: StartAgendaItem, work: Work, now: datetime) -> Meeting:
    """Of two who start at once one wins: the meeting is locked.

    Raises `AnotherItemIsRunning`, `AgendaItemHasBegun`, `MeetingNotOpened`, `MeetingIsOver`, `NotFound`.
    """
    meeting = work.meetings.with_item(command.item_id)
    work.authorize("agenda.run", meeting.group_id)
    quorate = is_quorate(meeting, work, now)
    work.publish(
        meeting.start_item(command.item_id, now, quorate=quorate, close_running=command.close_running)
    )
    return meeting


def close_agenda_item(command: CloseAgendaItem, work: Work, now: datetime) -> Meeting:
    """Without a quorum at this moment it is marked `inquorate`.

    Raises `AgendaItemNotRunning`, `MeetingNotOpened`, `MeetingIsOver`, `NotFound`.
    """
    meeting = work.meetings.with_item(command.item_id)
    work.authorize("agenda.run", meeting.group_id)
    work.publish(meeting.close_item(command.item_id, now, quorate=is_quorate(meeting, work, now)))
    return meeting


def is_quorate(meeting: Meeting, work: Work, now: datetime) -> bool:
    """Whether there is a quorum now."""
    return work.attendance.presence(meeting).quorum(meeting.quorum, now).reached
