"""Closed rounds and votes as the documents anyone can judge them by."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Label, Table, select

from beraad_deliberation.documents.writing import about_run, round_document, vote_document
from beraad_deliberation.domain.rounds import RoundStillRuns, RunState
from beraad_deliberation.queries.visible import one_row, rows_of
from beraad_deliberation.storage.tables import (
    electors,
    electors_ballot,
    electors_response,
    proposals,
    rounds,
    votes,
)
from beraad_deliberation.storage.work import Work


def export_round(work: Work, round_id: UUID) -> dict[str, Any]:
    """See `documents.judged`. Who answered what is shown once it is closed. Raises `NotFound`, `RoundStillRuns`."""
    run = _closed(work, rounds, round_id, "round")
    asked = _asked(work, round_id, electors_response.label("answer"))
    proposers = one_row(work, proposals, run["proposal_id"], "no such proposal").proposer_ids
    return round_document(run, asked, proposers, about_run(run))


def export_vote(work: Work, vote_id: UUID) -> dict[str, Any]:
    """See `documents.judged`. Raises `NotFound`, `RoundStillRuns`."""
    run = _closed(work, votes, vote_id, "vote")
    return vote_document(run, _asked(work, vote_id, electors_ballot.label("choice")), about_run(run))


def _closed(work: Work, table: Table, key: UUID, what: str) -> dict[str, Any]:
    row = one_row(work, table, key, f"no such {what}")
    work.authorize(f"{what}.read", row.group_id)
    if row.state is not RunState.CLOSED:
        raise RoundStillRuns(f"the {what} can be exported once it is closed")
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way


def _asked(work: Work, run_id: UUID, said: Label[Any]) -> list[dict[str, Any]]:
    query = select(electors, said).where(electors.c.roll_id == run_id)
    return rows_of(work, query.order_by(electors.c.person_id))
