"""What the system knows of a group, read from its tables under the model's short names."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Table, bindparam, select

from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.storage import tables as t

Row = Any


class Names:
    """The model's short names and the system's ids."""

    def __init__(self) -> None:
        self.ids: dict[str, UUID] = {}
        self.names: dict[UUID, str] = {}

    def know(self, name: str, key: UUID) -> UUID:
        self.ids[name], self.names[key] = key, name
        return key

    def __getitem__(self, name: str) -> UUID:
        return self.ids[name]


@cache
def query_of(table: Table, order: str) -> Select[Any]:
    """All rows, or those of the group where the table says of which they are."""
    query = select(table).order_by(table.c[order])
    return query.where(table.c.group_id == bindparam("group")) if "group_id" in table.c else query


def read(connection: Connection, names: Names, group_id: UUID) -> dict[str, Any]:
    """Everything the model has a view of. Rounds, votes, approvals and objections get their names here."""

    def rows(table: Any, order: str) -> list[Row]:
        return list(connection.execute(query_of(table, order), {"group": group_id}))

    told = names.names
    found: dict[str, Any] = {"proposals": {}}
    proposals = {row.id: row for row in rows(t.proposals, "id")}
    numbers: dict[UUID, int] = {}
    decisions = rows(t.decisions, "number") if any(one.decision_id for one in proposals.values()) else []
    for row in decisions:
        numbers[row.id] = row.number
    kept: dict[UUID, dict[str, Any]] = {
        key: {
            "stage": str(row.stage),
            "version": row.version,
            "text": row.text,
            "versions": {},
            "phase_ends": row.phase_ends_at,
            "rounds_held": row.rounds_held,
            "withdraws": row.withdraws_at,
            "proposer": told[row.proposer_ids[0]],
            "questions": {},
            "reacted": set(),
            "decision": numbers[row.decision_id] if row.decision_id else None,
        }
        for key, row in proposals.items()
    }
    for row in rows(t.versions, "number"):
        kept[row.proposal_id]["versions"][row.number] = (row.text, row.editorial)
    for row in rows(t.questions, "id"):
        kept[row.proposal_id]["questions"][told[row.id]] = row.answer is not None
    for row in rows(t.reactions, "id"):
        kept[row.proposal_id]["reacted"].add(told[row.person_id])
    found["proposals"] = {told[key]: one for key, one in kept.items()}
    found["amendments"] = {told[row.id]: _amendment(row, told) for row in rows(t.amendments, "id")}

    runs = rows(t.rounds, "id")
    for row in runs:
        names.know(f"{told[row.proposal_id]}.{row.number}", row.id)
    ballots = rows(t.votes, "id")
    for place, row in enumerate(ballots, 1):
        names.know(f"v{place}", row.id)
    electors: dict[UUID, list[Row]] = {row.id: [] for row in [*runs, *ballots]}
    if electors:
        for row in rows(t.electors, "person_id"):
            electors[row.roll_id].append(row)
    found["rounds"] = _rounds(runs, rows, electors, told)
    found["objections"] = _objections(rows, told, names) if runs else {}
    found["votes"] = _votes(ballots, rows, electors, told)
    found["approvals"] = {}
    for place, row in enumerate(rows(t.approvals, "id"), 1):
        names.know(f"k{place}", row.id)
        found["approvals"][f"k{place}"] = {
            "state": str(row.state),
            "version": row.version,
            "reasons": row.verdict_reasons,
        }
    found["decisions"] = _decisions(decisions, rows, told, numbers, names)
    return found


def _amendment(row: Row, told: dict[UUID, str]) -> dict[str, Any]:
    return {
        "state": str(row.state),
        "base": row.base_version,
        "edits": [(one.start, one.end, one.text) for one in row.edits],
        "editorial": row.editorial,
        "takes_effect": row.takes_effect_at,
        "accepted_in": row.accepted_in_version,
        "like": told[row.duplicate_of_id] if row.duplicate_of_id else None,
    }


def _rounds(
    runs: list[Row], rows: Any, electors: dict[UUID, list[Row]], told: dict[UUID, str]
) -> dict[str, Any]:
    found = {
        row.id: {
            "version": row.version,
            "closes": row.closes_at,
            "running": row.state is RunState.OPEN,
            "calls": row.calls,
            "silence": row.silence,
            "outcome": row.outcome,
            "reasons": row.reasons,
            "figures": None if row.eligible is None else (row.eligible, row.present, row.consents, row.tacit),
            "electors": {
                told[one.person_id]: (one.departed_reason, one.notified) for one in electors[row.id]
            },
            "answers": {},
            "history": [],
        }
        for row in runs
    }
    if found:
        for row in rows(t.current_responses, "person_id"):
            found[row.round_id]["answers"][told[row.person_id]] = (str(row.answer), row.version)
        for row in rows(t.responses, "row_id"):
            said = (told[row.person_id], str(row.answer), row.version)
            found[row.round_id]["history"].append(said)
    return {told[key]: one for key, one in found.items()}


def _objections(rows: Any, told: dict[UUID, str], names: Names) -> dict[str, Any]:
    raised = rows(t.objections, "id")
    for row in raised:
        names.know(f"{told[row.round_id]}:{told[row.raised_by_id]}", row.id)
    found = {
        row.id: {
            "state": str(row.state),
            "objector": told[row.objector_id],
            "raiser": told[row.raised_by_id],
            "follows": told[row.follows_id] if row.follows_id else None,
            "merged_into": told[row.merged_into_id] if row.merged_into_id else None,
            "opinions": {},
            "orphaned_until": row.orphaned_until,
            "appealable_until": row.appealable_until,
            "integrated_in": row.integrated_in_version,
        }
        for row in raised
    }
    if found:
        for row in rows(t.opinions, "person_id"):
            found[row.objection_id]["opinions"][told[row.person_id]] = row.qualifies
    return {told[key]: one for key, one in found.items()}


def _votes(
    votes: list[Row], rows: Any, electors: dict[UUID, list[Row]], told: dict[UUID, str]
) -> dict[str, Any]:
    found = {
        row.id: {
            "version": row.version,
            "closes": row.closes_at,
            "running": row.state is RunState.OPEN,
            "outcome": row.outcome,
            "reasons": row.reasons,
            "figures": None
            if row.eligible is None
            else (row.eligible, row.in_favor, row.against, row.abstained),
            "electors": {told[one.person_id]: one.departed_reason for one in electors[row.id]},
            "ballots": {},
        }
        for row in votes
    }
    if found:
        for row in rows(t.ballots, "person_id"):
            found[row.vote_id]["ballots"][told[row.person_id]] = (str(row.choice), row.version)
    return {told[key]: one for key, one in found.items()}


def _decisions(
    decisions: list[Row], rows: Any, told: dict[UUID, str], numbers: dict[UUID, int], names: Names
) -> dict[int, Any]:
    found = {
        row.number: {
            "proposal": told[row.proposal_id],
            "version": row.version,
            "text": row.text,
            "reasons": row.reasons,
            "state": str(row.state),
            "effective": row.effective_on,
            "effective_at": row.effective_at,
            "review": row.review_on,
            "review_at": row.review_at,
            "concerns": sorted(row.questions),
            "tasks": 0,
            "superseded_by": numbers[row.superseded_by_id] if row.superseded_by_id else None,
        }
        for row in decisions
    }
    for row in decisions:
        names.know(f"d{row.number}", row.id)
    if found:
        for row in rows(t.tasks, "id"):
            found[numbers[row.decision_id]]["tasks"] += 1
    return found
