"""Closed rounds and votes as the documents anyone can judge them by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Table, select

from beraad_deliberation.documents.writing import about_run, round_document, vote_document
from beraad_deliberation.domain.rounds import RoundStillRuns, RunState
from beraad_deliberation.queries.visible import one_row, rows_of
from beraad_deliberation.storage.tables import (
    current_ballots,
    current_responses,
    electors,
    proposals,
    rounds,
    votes,
)
from beraad_deliberation.storage.work import Work


def export_round(work: Work, round_id: UUID) -> dict[str, Any]:
    """See `documents.judged`. Who answered what is shown once it is closed. Raises `NotFound`, `RoundStillRuns`."""
    run = _closed(work, rounds, round_id, "round")
    asked = _asked(work, round_id, current_responses, "round_id", "answer")
    proposers = one_row(work, proposals, run["proposal_id"], "no such proposal").proposer_ids
    return round_document(run, asked, proposers, about_run(run))


def export_vote(work: Work, vote_id: UUID) -> dict[str, Any]:
    """See `documents.judged`. Raises `NotFound`, `RoundStillRuns`."""
    run = _closed(work, votes, vote_id, "vote")
    return vote_document(run, _asked(work, vote_id, current_ballots, "vote_id", "choice"), about_run(run))


def _closed(work: Work, table: Table, key: UUID, what: str) -> dict[str, Any]:
    row = one_row(work, table, key, f"no such {what}")
    work.authorize(f"{what}.read", row.group_id)
    if row.state is not RunState.CLOSED:
        raise RoundStillRuns(f"the {what} can be exported once it is closed")
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way


def _asked(work: Work, run_id: UUID, answers: FromClause, key: str, said: str) -> list[dict[str, Any]]:
    theirs = (answers.c[key] == electors.c.roll_id) & (answers.c.person_id == electors.c.person_id)
    query = select(electors, answers.c[said]).select_from(electors.outerjoin(answers, theirs))
    return rows_of(work, query.where(electors.c.roll_id == run_id).order_by(electors.c.person_id))
