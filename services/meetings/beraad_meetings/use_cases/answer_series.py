"""Say whether one comes to what is still to come of a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad_meetings.domain.invitations import Answer, NotInvited
from beraad_meetings.domain.series import SeriesIsCancelled, SeriesIsOver
from beraad_meetings.use_cases.keep_answer import keep_where_it_counts
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class AnswerSeries:
    """`answer`: accepted, declined, tentative. It leaves what was answered by itself, unless that meeting moved since."""

    series_id: UUID
    answer: str
    comment: str = ""


def answer_series(command: AnswerSeries, work: Work, now: datetime) -> None:
    """Raises `NotInvited`, `SeriesIsOver`, `SeriesIsCancelled`, `NotFound`."""
    group_id, me = work.series.group_of(command.series_id), work.actor.person_id
    if group_id is None:
        raise NotFound("no such series")
    invited = me is not None and work.invitations.invites_to_series(command.series_id, me)
    work.authorize("series.answer", group_id, invited)
    if me is None or not invited:
        raise NotInvited
    meetings = work.meetings.of_series_to_come(command.series_id, now)
    if not meetings:
        series = work.series.get(command.series_id)
        raise SeriesIsOver if series.cancelled_at is None else SeriesIsCancelled
    said = Answer(answer=command.answer, comment=command.comment, answered_at=now, with_series=True)
    keep_where_it_counts(said, meetings, me, work, now)
