"""Reading rounds and votes: counts, one's own answer, who was asked, what is missing.

How others answered is not shown here; objections are the group's business and are.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, ScalarSelect, Table, exists, func, select

from beraad.http import page_of
from beraad.storage.tables import known_compositions
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.queries.visible import one_row
from beraad_deliberation.storage.tables import (
    current_ballots,
    current_responses,
    electors,
    electors_ballot,
    electors_response,
    objections,
    proposals,
    rounds,
    votes,
)
from beraad_deliberation.storage.work import Work

ROUND_ACTIONS = ("round.extend", "round.close")
VOTE_ACTIONS = ("vote.close",)


def one_round(work: Work, round_id: UUID) -> dict[str, Any]:
    """A round as it stands. Raises `NotFound`."""
    row = one_row(work, rounds, round_id, "no such round")
    work.authorize("round.read", row.group_id)
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
        "profile": row.profile.name,
        "answers": row.answers.split(),
        "answered": _answered(work, electors_response, round_id),
        "departed": _departed(work, round_id),
        "my_response": _mine(work, current_responses, "round_id", round_id),
        "is_elector": _is_elector(work, round_id),
        "objection_ids": _objections(work, round_id),
        "verdict": _verdict(row._mapping),  # noqa: SLF001 - SQLAlchemy's documented way
        "composition": _composition(work, row.group_id),
        "allowed_actions": work.actions(ROUND_ACTIONS, row.group_id),
    }


def _composition(work: Work, group_id: UUID) -> dict[str, Any] | None:
    """How the group stands against its composition policy, as membership told last; None before it told anything."""
    health = select(known_compositions).where(known_compositions.c.group_id == group_id)
    row = work.session.execute(health).mappings().one_or_none()
    return dict(row) if row is not None else None


def list_rounds(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """The rounds held over a proposal, first to last. Raises `NotFound`."""
    return _held(work, proposal_id, rounds)


def list_votes(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """The votes held over a proposal, first to last. Raises `NotFound`."""
    return _held(work, proposal_id, votes)


def _held(work: Work, proposal_id: UUID, run: Table) -> list[dict[str, Any]]:
    proposal = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("proposal.read", proposal.group_id)
    query = select(run).where(run.c.proposal_id == proposal_id).order_by(run.c.id)
    return [
        {
            **row,
            "profile": row["profile"].name,
            "answers": row.get("answers", "").split(),
            "verdict": _verdict(row),
        }
        for row in work.session.execute(query).mappings()
    ]


def _verdict(row: Any) -> dict[str, Any] | None:
    if row["state"] is not RunState.CLOSED:
        return None
    return {"outcome": row["outcome"], "reasons": row["reasons"]}


def one_vote(work: Work, vote_id: UUID) -> dict[str, Any]:
    """A vote as it stands. Raises `NotFound`."""
    row = one_row(work, votes, vote_id, "no such vote")
    work.authorize("vote.read", row.group_id)
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
        "profile": row.profile.name,
        "answered": _answered(work, electors_ballot, vote_id),
        "departed": _departed(work, vote_id),
        "my_ballot": _mine(work, current_ballots, "vote_id", vote_id),
        "is_elector": _is_elector(work, vote_id),
        "verdict": _verdict(row._mapping),  # noqa: SLF001 - SQLAlchemy's documented way
        "allowed_actions": work.actions(VOTE_ACTIONS, row.group_id),
    }


def list_electors(work: Work, round_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """The frozen electorate of a round, by id. Raises `NotFound`."""
    row = one_row(work, rounds, round_id, "no such round")
    work.authorize("round.read", row.group_id)
    answered = electors_response.is_not(None)
    query = select(electors, answered.label("answered")).where(electors.c.roll_id == round_id)
    found = page_of(work.session, query, (electors.c.person_id,), limit, cursor)
    return [dict(one._mapping) for one in found]  # noqa: SLF001 - SQLAlchemy's documented way


def _answered(work: Work, said: ScalarSelect[Any], run_id: UUID) -> int:
    """Electors who have not left and have answered."""
    staying = (electors.c.roll_id == run_id) & electors.c.departed_at.is_(None)
    query = select(func.count()).select_from(electors).where(staying, said.is_not(None))
    return work.session.execute(query).scalar_one()


def _departed(work: Work, run_id: UUID) -> int:
    left = (electors.c.roll_id == run_id) & electors.c.departed_at.is_not(None)
    return work.session.execute(select(func.count()).select_from(electors).where(left)).scalar_one()


def _mine(work: Work, answers: FromClause, key: str, run_id: UUID) -> dict[str, Any] | None:
    query = select(answers).where(answers.c[key] == run_id, answers.c.person_id == work.actor.person_id)
    row = work.session.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def _is_elector(work: Work, run_id: UUID) -> bool:
    mine = exists().where(
        electors.c.roll_id == run_id,
        electors.c.person_id == work.actor.person_id,
        electors.c.departed_at.is_(None),
    )
    return bool(work.session.execute(select(mine)).scalar())


def _objections(work: Work, round_id: UUID) -> list[UUID]:
    query = select(objections.c.id).where(objections.c.round_id == round_id).order_by(objections.c.id)
    return list(work.session.execute(query).scalars())
