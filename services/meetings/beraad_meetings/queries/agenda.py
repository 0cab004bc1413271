"""Reading an agenda: when each item is planned, what its proposal or decision is at, its round and its files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select

from beraad.domain import NotFound
from beraad.storage.tables import known_people
from beraad_meetings.domain.agenda import planned_starts
from beraad_meetings.domain.files import summary
from beraad_meetings.domain.meeting_states import OPEN, PLANNED
from beraad_meetings.storage.tables import (
    agenda_items,
    files,
    known_approvals,
    known_decisions,
    known_proposals,
    known_rounds,
    meetings,
)
from beraad_meetings.storage.work import Work

decided = known_proposals.alias("decided")
MOST_SUGGESTED = 50
UNDER_REVIEW = (
    known_decisions.c.review_due
    & ~known_decisions.c.superseded
    & exists().where(
        decided.c.proposal_id == known_decisions.c.proposal_id, decided.c.stage == "under_review"
    )
)
"""Its review is due, and deliberation has not concluded it: that is told by the proposal's stage."""


def agenda_of(work: Work, meeting: Row[Any], *, with_files: bool) -> list[dict[str, Any]]:
    """The items in order. Three statements, however many they are.

    `with_files`: whether the caller may read them; to others they are not named.
    """
    query = (
        select(
            agenda_items,
            known_people.c.name.label("owner_name"),
            known_proposals.c.title.label("proposal_title"),
            known_proposals.c.stage.label("proposal_stage"),
            known_decisions.c.title.label("decision_title"),
            UNDER_REVIEW.label("review_due"),
        )
        .outerjoin(known_people, known_people.c.person_id == agenda_items.c.owner_id)
        .outerjoin(known_proposals, known_proposals.c.proposal_id == agenda_items.c.proposal_id)
        .outerjoin(known_decisions, known_decisions.c.decision_id == agenda_items.c.decision_id)
        .where(agenda_items.c.meeting_id == meeting.id)
        .order_by(agenda_items.c.position)
    )
    rows = work.session.execute(query).all()
    starts = planned_starts(rows, meeting.starts_at)
    rounds = _rounds(work, meeting.id, {row.proposal_id for row in rows if row.proposal_id})
    kept = files_of(work, meeting.id) if with_files else []
    return [
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
            "planned_start": starts[row.id],
            "round": rounds.get(row.proposal_id),
            "files": [summary(file) for file in kept if file.agenda_item_id == row.id],
        }
        for row in rows
    ]


def files_of(work: Work, meeting_id: UUID) -> list[Row[Any]]:
    """The files of the agenda and of the minutes, without their content, in the order they came."""
    query = select(files).where(files.c.meeting_id == meeting_id).order_by(files.c.id)
    return list(work.session.execute(query))


def _rounds(work: Work, meeting_id: UUID, proposals: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Of each proposal the round or vote that runs, else the last: a vote comes after the rounds.

    Left out is what is answered together in another meeting.
    """
    here = known_rounds.c.meeting_id.is_(None) | (known_rounds.c.meeting_id == meeting_id)
    query = select(known_rounds).where(known_rounds.c.proposal_id.in_(list(proposals)), here)
    found: dict[UUID, dict[str, Any]] = {}
    for row in sorted(work.session.execute(query), key=_recency):
        found[row.proposal_id] = {**row._mapping, "id": row.round_id}  # noqa: SLF001 - documented
    return found


def _recency(row: Row[Any]) -> tuple[bool, bool, int]:
    return row.state == "open", row.kind == "vote", row.number


def suggested_items(work: Work, meeting_id: UUID) -> list[dict[str, Any]]:
    """What this meeting could treat: decisions to look at again, and what the group is asked to approve.

    Left out is what stands on an agenda of the group, unless that meeting was cancelled or is over. Raises `NotFound`.
    """
    group_id = work.session.scalar(select(meetings.c.group_id).where(meetings.c.id == meeting_id))
    work.authorize("agenda.change", group_id)
    if group_id is None:
        raise NotFound("no such meeting")
    reviews = select(known_decisions).where(
        known_decisions.c.group_id == group_id,
        UNDER_REVIEW,
        ~_on_an_agenda(group_id, agenda_items.c.decision_id == known_decisions.c.decision_id),
    )
    asked = select(known_approvals).where(
        known_approvals.c.body_id == group_id,
        ~known_approvals.c.answered,
        ~_on_an_agenda(group_id, agenda_items.c.proposal_id == known_approvals.c.proposal_id),
    )
    due = work.session.execute(reviews.order_by(known_decisions.c.decision_id).limit(MOST_SUGGESTED))
    open_ = work.session.execute(asked.order_by(known_approvals.c.due_on).limit(MOST_SUGGESTED))
    return [*(_approval(row) for row in open_), *(_review(row) for row in due)]


def _on_an_agenda(group_id: UUID, linked: Any) -> Any:
    of_group = (meetings.c.group_id == group_id) & meetings.c.state.in_((PLANNED, OPEN))
    here = agenda_items.c.meeting_id == meetings.c.id
    return exists().where(here, of_group, linked)


def _approval(row: Row[Any]) -> dict[str, Any]:
    subject = {"proposal_id": row.proposal_id, "decision_id": None}
    return {"reason": "approval", "title": row.title, "due_on": row.due_on, **subject}


def _review(row: Row[Any]) -> dict[str, Any]:
    subject = {"proposal_id": None, "decision_id": row.decision_id}
    return {"reason": "review", "title": row.title, "due_on": row.review_on, **subject}
