"""What awaits the caller in deliberation, most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import FromClause, Select, Table, exists, literal, select, union_all

from beraad.roster import groups_of
from beraad.storage.tables import known_seats
from beraad_deliberation.domain.approvals import ApprovalState
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.stages import ACTS
from beraad_deliberation.storage.tables import (
    approvals,
    current_ballots,
    current_responses,
    electors,
    proposals,
    questions,
    rounds,
    tasks,
    votes,
)
from beraad_deliberation.storage.work import Work

LATEST = datetime.max.replace(tzinfo=UTC)
MOST = 100


def pending(work: Work) -> dict[str, Any]:
    """Rounds and votes not answered, approvals owed, tasks, questions: by urgency, at most 100."""
    work.authorize("me.read")
    owed = union_all(
        _unanswered(work, "round.response", "rounds", rounds, current_responses, "round_id"),
        _unanswered(work, "vote.ballot", "votes", votes, current_ballots, "vote_id"),
        _approvals(work),
        _tasks(work),
    )
    items = [dict(row) for row in work.session.execute(owed).mappings()]
    items = [
        {**item, "subject": f"{item['aggregate']}/{item.pop('id')}"} for item in [*items, *_questions(work)]
    ]
    return {"items": sorted(items, key=lambda item: item["due_at"] or LATEST)[:MOST]}


def _item(kind: str, aggregate: str, table: Table, due_at: Any) -> Select[Any]:
    told = literal(kind).label("kind"), literal(aggregate).label("aggregate"), table.c.id, table.c.title
    return select(*told, table.c.group_id, due_at.label("due_at"))


def _unanswered(
    work: Work, kind: str, aggregate: str, run: Table, answers: FromClause, key: str
) -> Select[Any]:
    me = work.actor.person_id
    mine = (electors.c.roll_id == run.c.id) & (electors.c.person_id == me) & electors.c.departed_at.is_(None)
    given = exists().where(answers.c[key] == run.c.id, answers.c.person_id == me)
    query = _item(kind, aggregate, run, run.c.closes_at).join(electors, mine)
    return query.where(run.c.state == RunState.OPEN, run.c.closes_at > work.now, ~given)


def _approvals(work: Work) -> Select[Any]:
    mine = select(known_seats.c.group_id).where(
        known_seats.c.person_id == work.actor.person_id, known_seats.c.vacated.is_(False)
    )
    asked = (approvals.c.state == ApprovalState.REQUESTED) & approvals.c.body_id.in_(mine)
    return _item("approval.answer", "approvals", approvals, approvals.c.overdue_at).where(asked)


def _tasks(work: Work) -> Select[Any]:
    mine = (tasks.c.owner_id == work.actor.person_id) & tasks.c.done_at.is_(None)
    return _item("task.finish", "tasks", tasks, tasks.c.due_at).where(mine)


def _questions(work: Work) -> list[dict[str, Any]]:
    """Questions to proposals of mine that nobody answered."""
    told = select(questions.c.id, proposals.c.title, questions.c.group_id, proposals.c.proposer_ids)
    told = told.join(proposals, proposals.c.id == questions.c.proposal_id).where(
        questions.c.answer.is_(None),
        questions.c.group_id.in_(groups_of(work.session, work.actor)),
        proposals.c.stage.in_(ACTS["question.answer"]),
    )
    fixed = {"kind": "question.answer", "aggregate": "questions", "due_at": None}
    return [
        {**fixed, "id": row.id, "title": row.title, "group_id": row.group_id}
        for row in work.session.execute(told.order_by(questions.c.id))
        if work.actor.person_id in row.proposer_ids
    ]
