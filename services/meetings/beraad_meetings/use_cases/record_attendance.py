"""Record who came, left, is excused or stayed away, or correct a line of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, NotFound
from beraad_meetings.domain.attendance import (
    NOT_RECORDED,
    VOID,
    AttendanceRecord,
    LineIsReplaced,
    NotPartOfMeeting,
    moment_of,
    needed_action,
)
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class RecordAttendance:
    """`state`: present, left, excused, absent, or void, which only says that the line `replaces_id` is wrong.

    `at`: since when; now where nothing is said, and of a correction the moment of the line it replaces.
    """

    meeting_id: UUID
    person_id: UUID
    state: str
    at: datetime | None = None
    replaces_id: int | None = None
    remark: str = ""


def record_attendance(command: RecordAttendance, work: Work, now: datetime) -> Meeting:
    """Only seat holders count; lines are only added, and both a corrected line and its correction can be read.

    Raises `InvalidRequest`, `NotPartOfMeeting`, `LineIsReplaced`, `MeetingNotOpened`, `MeetingIsCancelled`, `NotFound`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("attendance.record", meeting.group_id)
    wrong = _wrong_line(command, work)
    facts = _first(command, meeting, work, now) if wrong is None else _corrected(command, wrong, meeting, now)
    work.attendance.append(
        AttendanceRecord(
            meeting_id=meeting.id,
            person_id=command.person_id,
            state=command.state,
            replaces_id=command.replaces_id,
            remark=command.remark,
            recorded_at=now,
            recorded_by=work.actor.person_id,
            **facts,
        )
    )
    presence = work.attendance.presence(meeting)
    state = presence.state(command.person_id) or NOT_RECORDED
    present = presence.counted(meeting.closed_at or now)
    work.publish(meeting.record_attendance(command.person_id, state, present))
    return meeting


def _first(command: RecordAttendance, meeting: Meeting, work: Work, now: datetime) -> dict[str, Any]:
    """Of somebody who takes part: since when, and whether they count and coordinate now."""
    meeting.refuse(needed_action(command.state, None))
    seated = work.roster.is_seated(meeting.group_id, command.person_id)
    if not seated and not _takes_part(meeting, command.person_id, work):
        raise NotPartOfMeeting
    return {
        "at": moment_of(command.state, command.at, meeting, now),
        "counts": seated,
        "coordinates": work.attendance.coordinates(meeting.group_id, command.person_id),
    }


def _corrected(command: RecordAttendance, wrong: Any, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """Whether they count and coordinate stays as the wrong line has it, and the moment if no other is given."""
    meeting.refuse(needed_action(command.state, wrong.state))
    told = (
        moment_of(command.state, command.at or wrong.at, meeting, now) if command.state != VOID else wrong.at
    )
    return {"at": told, "counts": wrong.counts, "coordinates": wrong.coordinates}


def _wrong_line(command: RecordAttendance, work: Work) -> Any:
    """The line to be replaced, if one is named."""
    if command.replaces_id is None:
        if command.state == VOID:
            raise InvalidRequest("name the line that should not have been written", pointer="/replaces_id")
        return None
    line = work.attendance.line(command.meeting_id, command.person_id, command.replaces_id)
    if line is None:
        raise NotFound("there is no such line about this person")
    if line.corrected:
        raise LineIsReplaced
    return line


def _takes_part(meeting: Meeting, person_id: UUID, work: Work) -> bool:
    invited = work.invitations.of(meeting, person_id) is not None
    return invited or work.roster.has_role(meeting.group_id, person_id)
