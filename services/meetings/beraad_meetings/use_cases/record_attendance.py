"""Record who came, left, is excused or stayed away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.attendance import AttendanceRecord, NotPartOfMeeting, needed_action
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class RecordAttendance:
    """`state`: present, left, excused, absent."""

    meeting_id: UUID
    person_id: UUID
    state: str


def record_attendance(command: RecordAttendance, work: Work, now: datetime) -> Meeting:
    """Only seat holders count; corrections append.

    Raises `NotPartOfMeeting`, `MeetingNotOpened`, `MeetingIsCancelled`, `NotFound`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("attendance.record", meeting.group_id)
    meeting.refuse(needed_action(command.state))
    seated = work.roster.is_seated(meeting.group_id, command.person_id)
    if not seated and not _takes_part(meeting, command.person_id, work):
        raise NotPartOfMeeting
    work.attendance.append(
        AttendanceRecord(
            meeting.id,
            command.person_id,
            command.state,
            seated,
            recorded_at=now,
            recorded_by=work.actor.person_id,
        )
    )
    present = work.attendance.counted_present(meeting.id)
    work.publish(meeting.record_attendance(command.person_id, command.state, present))
    return meeting


def _takes_part(meeting: Meeting, person_id: UUID, work: Work) -> bool:
    invited = work.invitations.of(meeting, person_id) is not None
    return invited or work.roster.has_role(meeting.group_id, person_id)
