"""Say whether one comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.double_booking import Conflict, Span
from beraad_meetings.domain.invitations import Answer, NotInvited
from beraad_meetings.use_cases.keep_answer import keep_answer
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class AnswerInvitation:
    """`answer`: accepted, declined, tentative. A later answer replaces it."""

    meeting_id: UUID
    answer: str
    comment: str = ""


def answer_invitation(command: AnswerInvitation, work: Work, now: datetime) -> list[Conflict]:
    """To one who accepts, where they are in another meeting at that time: they are warned, not refused.

    Raises `NotInvited`, `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`.
    """
    meeting = work.meetings.get(command.meeting_id)
    me = work.actor.person_id
    invitation = work.invitations.of(meeting, me) if me is not None else None
    work.authorize("invitation.answer", meeting.group_id, invitation is not None)
    if invitation is None:
        raise NotInvited
    meeting.refuse("invitation.answer")
    said = Answer(answer=command.answer, comment=command.comment, answered_at=now)
    keep_answer(said, [meeting], {meeting.id: invitation}, work, now)
    if command.answer != "accepted":
        return []
    return work.bookings.conflicts(
        {Span(meeting.starts_at, meeting.ends_at): [invitation.person_id]}, [meeting.id]
    )
