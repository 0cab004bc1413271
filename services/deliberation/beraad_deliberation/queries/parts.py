"""All there is to tell about some proposals: one statement per table, however many proposals there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Table, select

from beraad_deliberation.domain.contributions import ContributionState
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.queries.visible import rows_of
from beraad_deliberation.storage.tables import (
    amendments,
    approvals,
    contributions,
    current_ballots,
    current_responses,
    decisions,
    electors,
    known_minutes,
    objections,
    opinions,
    proposals,
    questions,
    reactions,
    responses,
    rounds,
    stage_moves,
    tasks,
    versions,
    votes,
)
from beraad_deliberation.storage.work import Work

Part = Callable[[Any], Select[Any]]
Rows = Mapping[UUID, list[dict[str, Any]]]
"""By proposal."""


def _own(table: Table, order: str, *only: ColumnElement[bool]) -> Part:
    return lambda of: (
        select(table).where(table.c.proposal_id.in_(of), *only).order_by(table.c.proposal_id, table.c[order])
    )


def _below(
    table: FromClause, key: str, parent: Table, order: Iterable[str], *only: ColumnElement[bool]
) -> Part:
    """What belongs to something that belongs to a proposal."""
    by = [table.c[name] for name in order]
    joined = select(table, parent.c.proposal_id).join(parent, parent.c.id == table.c[key])
    return lambda of: joined.where(parent.c.proposal_id.in_(of), *only).order_by(*by)


def _objectors(table: FromClause, *only: ColumnElement[bool]) -> Part:
    """Of those who object to the proposal alone."""
    whole = _below(table, "round_id", rounds, ("round_id", "person_id"), *only)
    return lambda of: whole(of).where(
        table.c.person_id.in_(select(objections.c.objector_id).where(objections.c.proposal_id.in_(of)))
    )


CLOSED = rounds.c.state == RunState.CLOSED
LEFT = electors.c.departed_at.is_not(None)
OBJECTED = responses.c.answer == Answer.OBJECT
PUBLISHED = contributions.c.state == ContributionState.PUBLISHED

TRAIL: Mapping[str, Part] = {
    "objections": _own(objections, "id"),
    "opinions": _below(opinions, "objection_id", objections, ("given_at", "person_id")),
    "rounds": _own(rounds, "number"),
    "versions": _own(versions, "number"),
    "amendments": _own(amendments, "id"),
    "responses": _objectors(current_responses, CLOSED),
    "objecting": _below(responses, "round_id", rounds, ("row_id",), OBJECTED),
    "departures": _below(electors, "roll_id", rounds, ("roll_id", "person_id"), LEFT),
}
"""What the trails of objections are made of."""

WHOLE: Mapping[str, Part] = {
    **TRAIL,
    "stage_moves": _own(stage_moves, "row_id"),
    "questions": _own(questions, "id"),
    "reactions": _own(reactions, "id"),
    "electors": _below(electors, "roll_id", rounds, ("roll_id", "person_id"), CLOSED),
    "responses": _below(current_responses, "round_id", rounds, ("round_id", "person_id"), CLOSED),
    "votes": _own(votes, "id"),
    "voters": _below(electors, "roll_id", votes, ("roll_id", "person_id"), votes.c.state == RunState.CLOSED),
    "voters_left": _below(electors, "roll_id", votes, ("roll_id", "person_id"), LEFT),
    "ballots": _below(
        current_ballots, "vote_id", votes, ("vote_id", "person_id"), votes.c.state == RunState.CLOSED
    ),
    "approvals": _own(approvals, "id"),
    "decisions": _own(decisions, "number"),
    "tasks": _below(tasks, "decision_id", decisions, ("due_on", "id")),
    "minutes": _own(known_minutes, "minutes_id"),
    "contributions": _own(contributions, "id", PUBLISHED),
}
"""Everything an export tells. Answers and ballots are those of closed rounds and votes alone."""


def parts_of(work: Work, which: ColumnElement[bool], parts: Mapping[str, Part]) -> dict[str, Rows]:
    """The rows of these parts of the proposals of which `which` is true. The caller has authorized the reading."""
    of = select(proposals.c.id).where(which)
    return {name: _by_proposal(rows_of(work, part(of))) for name, part in parts.items()}


def _by_proposal(rows: list[dict[str, Any]]) -> Rows:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["proposal_id"], []).append(row)
    return found
