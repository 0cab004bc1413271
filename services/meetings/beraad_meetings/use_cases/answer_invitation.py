"""Say whether one comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.invitations import Invitation, NotInvited
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.withdraw_registration import leave_list

DECLINED = "declined"


@dataclass(frozen=True)
class AnswerInvitation:
    """`answer`: accepted, declined, tentative. A later answer replaces it."""

    meeting_id: UUID
    answer: str
    comment: str = ""


def answer_invitation(command: AnswerInvitation, work: Work, now: datetime) -> Invitation:
    """Raises `NotInvited`, `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    me = work.actor.person_id
    invitation = work.invitations.of(meeting, me) if me is not None else None
    work.authorize("invitation.answer", meeting.group_id, invitation is not None)
    if invitation is None:
        raise NotInvited
    meeting.refuse("invitation.answer")
    invitation = work.invitations.answer(invitation, meeting, command.answer, command.comment, now)
    work.publish(invitation.answered(meeting.id, command.answer))
    free_place(meeting, invitation.person_id, command.answer, work, now)
    return invitation


def free_place(meeting: Meeting, person_id: UUID, answer: str, work: Work, now: datetime) -> None:
    """Whoever declines keeps no place in a meeting that is open to all: it goes to who waits. The meeting is locked."""
    place = work.registrations.of(meeting.id, person_id) if answer == DECLINED else None
    if place is not None:
        leave_list(place, meeting, work, now)
