"""The attendance log: who came and left when. Lines are only added; a correction names the line it replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, RuleBroken
from beraad_meetings.domain.meeting_states import CLOSED
from beraad_meetings.domain.meetings import Meeting

PRESENT, LEFT, VOID = "present", "left", "void"
EXCUSED_AHEAD = frozenset({"excused", "absent"})
"""What may be known before a meeting begins."""
NOT_RECORDED = "absent"
"""The state of whom no line tells of (any more)."""


class NotPartOfMeeting(RuleBroken):
    """This person neither holds a seat in the group nor is invited to the meeting."""


class LineIsReplaced(RuleBroken):
    """This line was corrected already: correct the line that replaced it."""


class AttendanceNotTaken(RuleBroken):
    """A meeting closes when somebody was noted present, or every seat holder was noted as excused or absent."""


@dataclass(frozen=True, kw_only=True)
class AttendanceRecord:
    """One line of the log: from `at` on this is that person's state.

    `counts`: they held a seat when it was recorded; `coordinates`: they were facilitator, secretary or board link.
    `replaces_id` names the line that this one corrects; `void` says that line should not have been written.
    """

    meeting_id: UUID
    person_id: UUID
    state: str
    at: datetime
    counts: bool
    coordinates: bool
    recorded_at: datetime
    recorded_by: UUID | None
    replaces_id: int | None = None
    remark: str = ""


def needed_action(state: str, replaced: str | None = None) -> str:
    """Excuses may come ahead of the meeting, presence only once it has begun; `void` as the line it voids."""
    told = replaced if state == VOID else state
    return "attendance.excuse" if told in EXCUSED_AHEAD else "attendance.record"


def moment_of(state: str, at: datetime | None, meeting: Meeting, now: datetime) -> datetime:
    """When it happened: now, unless said. Raises `InvalidRequest`.

    Never in the future; coming and leaving are within the meeting, which begins when it was planned to or
    was opened, whichever is earlier. Of a meeting that is over one must say when.
    """
    if at is not None and at > now:
        raise InvalidRequest("nobody knows yet who will be there", pointer="/at")
    if state in EXCUSED_AHEAD:
        return at or (meeting.closed_at or now)
    if at is None and meeting.state == CLOSED:
        raise InvalidRequest("the meeting is over: say when they came or left", pointer="/at")
    moment = at or now
    begins = min(meeting.starts_at, meeting.opened_at or meeting.starts_at)
    if at is not None and at < begins:
        raise InvalidRequest("the meeting had not begun", pointer="/at")
    if meeting.closed_at is not None and moment > meeting.closed_at:
        raise InvalidRequest("the meeting was over", pointer="/at")
    return moment
