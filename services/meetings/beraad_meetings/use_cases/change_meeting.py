"""Change a meeting: when, where, what it is called. Of a series, this one occurrence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.refuse_double_booking import refuse_double_booking
from beraad_meetings.use_cases.tell_invitees import count_exception, tell_invitees
from beraad_meetings.use_cases.tell_waiting import tell_waiting


@dataclass(frozen=True)
class ChangeMeeting:
    """`changes` by field name: title, kind, place, online_link, starts_at, duration_minutes, quorum."""

    meeting_id: UUID
    changes: dict[str, Any]
    expected_revision: int
    despite_conflicts: str | None = None
    """Why it moves to where people are in another meeting."""


def change_meeting(command: ChangeMeeting, work: Work, now: datetime) -> Meeting:
    """Invitees are told of another time, title, place, link or kind; who waits for a place, of another time.

    Raises `Stale`, `NotFound`, `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `AgendaTooLong`,
    `DoubleBooking`.
    """
    meeting = work.meetings.get(command.meeting_id)
    for kind in {meeting.kind, command.changes.get("kind", meeting.kind)}:
        work.authorize("meeting.change", meeting.group_id, kind)
    change = meeting.change(command.changes, command.expected_revision, now)
    work.publish(*change.events)
    if change.tell is None:
        return meeting
    series = None
    if change.tell == "moved":
        series = count_exception(meeting, work, now)
        people = work.invitations.not_declined(meeting)
        refuse_double_booking([meeting], people, command.despite_conflicts, work, now)
    elif meeting.series_id is not None:
        series = work.series.get(meeting.series_id)
    told = {}
    if change.tell == "moved":
        told = {"previous_starts_at": change.previous_starts_at, "previous_ends_at": change.previous_ends_at}
    tell_invitees(meeting, change.tell, series, work, **told)
    tell_waiting([(meeting, change)], "", work)
    return meeting
