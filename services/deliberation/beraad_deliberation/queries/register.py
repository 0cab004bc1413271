"""Reading approvals, decisions with their tasks, and contributions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from beraad.domain import YES
from beraad.http import page_of
from beraad.roster import groups_of
from beraad.storage.tables import known_seats
from beraad_deliberation.domain.contributions import ContributionState
from beraad_deliberation.domain.decisions import STANDING
from beraad_deliberation.queries.visible import one_row, rows_of
from beraad_deliberation.storage.tables import approvals, contributions, decisions, known_minutes, tasks
from beraad_deliberation.storage.work import Work


def list_approvals(
    work: Work, body_id: UUID | None, state: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """What the caller's bodies are asked, and what the caller's groups asked, oldest first."""
    work.authorize("approval.list")
    mine = select(known_seats.c.group_id).where(
        known_seats.c.person_id == work.actor.person_id, known_seats.c.vacated.is_(False)
    )
    visible = or_(
        approvals.c.body_id.in_(mine), approvals.c.group_id.in_(groups_of(work.session, work.actor))
    )
    query = select(approvals).where(visible)
    if body_id is not None:
        query = query.where(approvals.c.body_id == body_id)
    if state is not None:
        query = query.where(approvals.c.state == state)
    return [dict(row._mapping) for row in page_of(work.session, query, (approvals.c.id,), limit, cursor)]  # noqa: SLF001 - SQLAlchemy's documented way


def one_approval(work: Work, approval_id: UUID) -> dict[str, Any]:
    """A request to an approving body. Raises `NotFound`."""
    row = one_row(work, approvals, approval_id, "no such approval")
    work.authorize("approval.read", row.group_id)
    actions = work.actions(("approval.answer",), row.body_id)
    return {**row._mapping, "allowed_actions": actions}  # noqa: SLF001 - SQLAlchemy's documented way


def list_decisions(
    work: Work, group_id: UUID | None, in_force: bool | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """The register by id: decisions in force for everybody, the rest for those who belong."""
    work.authorize("decision.list")
    standing = decisions.c.state.in_(STANDING)
    query = select(decisions).where(
        or_(standing, decisions.c.group_id.in_(groups_of(work.session, work.actor)))
    )
    if group_id is not None:
        query = query.where(decisions.c.group_id == group_id)
    if in_force is not None:
        query = query.where(standing if in_force else ~standing)
    return _decisions(work, page_of(work.session, query, (decisions.c.id,), limit, cursor))


def one_decision(work: Work, decision_id: UUID) -> dict[str, Any]:
    """A decision with its tasks and the minutes that speak of it. Raises `NotFound`."""
    row = one_row(work, decisions, decision_id, "no such decision")
    work.authorize("decision.read", row.group_id, row.state in STANDING)
    (shown,) = _decisions(work, [row])
    return {**shown, "allowed_actions": work.actions(("decision.review",), row.group_id)}


def _decisions(work: Work, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    """Three statements, however many they are."""
    ids, of = [row.id for row in rows], [row.proposal_id for row in rows]
    owed = rows_of(
        work, select(tasks).where(tasks.c.decision_id.in_(ids)).order_by(tasks.c.due_on, tasks.c.id)
    )
    told = rows_of(work, select(known_minutes).where(known_minutes.c.proposal_id.in_(of)))
    return [
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
            "tasks": [task for task in owed if task["decision_id"] == row.id],
            "minutes": [minutes for minutes in told if minutes["proposal_id"] == row.proposal_id],
        }
        for row in rows
    ]


def one_task(work: Work, task_id: UUID) -> dict[str, Any]:
    """A task. Raises `NotFound`."""
    row = one_row(work, tasks, task_id, "no such task")
    work.authorize("task.finish", row.group_id, row.owner_id)
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way


def list_contributions(
    work: Work, group_id: UUID, theme: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """Published ones for everybody; those waiting for a coordinator, and one's own, too."""
    work.authorize("contribution.list", group_id)
    query = select(contributions).where(contributions.c.group_id == group_id)
    if theme is not None:
        query = query.where(contributions.c.theme == theme)
    moderates = work.actions(("contribution.publish",), group_id)["contribution.publish"]["allowed"]
    if not moderates:
        published = contributions.c.state == ContributionState.PUBLISHED
        query = query.where(or_(published, contributions.c.author_id == work.actor.person_id))
    rows = page_of(work.session, query, (contributions.c.id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def one_contribution(work: Work, contribution_id: UUID) -> dict[str, Any]:
    """A contribution just added or published by the caller. Raises `NotFound`."""
    row = one_row(work, contributions, contribution_id, "no such contribution")
    work.authorize("contribution.list", row.group_id)
    actions = work.actions(("contribution.publish",), row.group_id)
    if row.state is ContributionState.PUBLISHED:
        actions["contribution.publish"] = {**vars(YES), "allowed": False, "code": "ContributionIsPublished"}
    return {**row._mapping, "allowed_actions": actions}  # noqa: SLF001 - SQLAlchemy's documented way
