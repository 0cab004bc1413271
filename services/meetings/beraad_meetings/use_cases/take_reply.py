"""Take an answer that came by the link in a mail, to one meeting or to a whole series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad_meetings.domain.invitations import Answer
from beraad_meetings.domain.meeting_states import PERMITTED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.keep_answer import keep_where_it_counts
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
    said = Answer(answer=command.answer, answered_at=command.given_at, with_series=command.meeting_id is None)
    meetings = [one for one in _meant(command, work) if one.starts_at > command.given_at]
    keep_where_it_counts(said, meetings, command.person_id, work, now)


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
