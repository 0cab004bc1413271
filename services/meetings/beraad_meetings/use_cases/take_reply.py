"""Take an answer that came by the link in a mail, to one meeting or to a whole series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad_meetings.domain.meeting_states import PERMITTED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.answer_invitation import free_place
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class TakeReply:
    """`meeting_id`, or `series_id` for all that is still to come and was not answered by itself."""

    person_id: UUID
    meeting_id: UUID | None
    series_id: UUID | None
    answer: str
    given_at: datetime


def take_reply(command: TakeReply, work: Work, now: datetime) -> None:
    """Nothing where the person is not invited (any more), and of meetings that have begun or were answered later.

    The meetings are locked before any invitation, as by whoever changes one.
    """
    meetings = [one for one in _meant(command, work) if one.starts_at > command.given_at]
    given = work.invitations.answers_of(command.person_id, [meeting.id for meeting in meetings])
    together = command.meeting_id is None
    for meeting in meetings:
        before = given.get(meeting.id)
        if before is None or before.yields_to(command.answer, command.given_at, with_series=together):
            _answer(command, meeting, work, with_series=together)
            free_place(meeting, command.person_id, command.answer, work, now)


def _meant(command: TakeReply, work: Work) -> list[Meeting]:
    if command.meeting_id is None:
        return (
            work.meetings.of_series_to_come(command.series_id, command.given_at) if command.series_id else []
        )
    try:
        meeting = work.meetings.get(command.meeting_id)
    except NotFound:
        return []
    return [meeting] if meeting.state in PERMITTED["invitation.answer"] else []


def _answer(command: TakeReply, meeting: Meeting, work: Work, *, with_series: bool) -> None:
    invitation = work.invitations.of(meeting, command.person_id)
    if invitation is None:
        return
    invitation = work.invitations.answer(
        invitation, meeting, command.answer, "", command.given_at, with_series=with_series
    )
    work.publish(invitation.answered(meeting.id, command.answer))
