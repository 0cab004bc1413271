"""Putting an export together from what is stored: a pure function of the rows of one proposal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from beraad_deliberation.documents.plain import LEFT_OUT, Row, by, written
from beraad_deliberation.documents.trail import TrailRows, trails
from beraad_deliberation.documents.writing import about_run, round_document, vote_document
from beraad_deliberation.domain.rounds import RunState

Parts = Mapping[str, Sequence[Row]]
PLAIN = ("versions", "stage_moves", "questions", "reactions", "amendments", "approvals")
JUDGED_BY = frozenset({"judged", *LEFT_OUT})
"""What a round was judged by stands in the document it is judged by."""
IN_DEPARTURES = frozenset({"roll_id", "proposal_id", "pseudonym"})
REGISTER = [
    "number",
    "title",
    "kind",
    "state",
    "adopted_at",
    "effective_on",
    "review_on",
    "proposal_id",
    "supersedes_id",
    "superseded_by_id",
]


def exported_proposal(proposal: Row, parts: Parts) -> dict[str, Any]:
    """See `documents.export_schemas.ExportedProposal`. `parts`: as `queries.parts.WHOLE` names them."""
    trail = TrailRows(**{name: parts[name] for name in TrailRows.__dataclass_fields__})
    return {
        "proposal": {**written(proposal, ("group_id",))},
        **{name: [written(one) for one in parts[name]] for name in PLAIN},
        "rounds": _rounds(proposal, parts),
        "objections": trails(trail),
        "votes": _votes(parts),
        "decision": next((_decision(one, parts) for one in parts["decisions"]), None),
        "contributions": [exported_contribution(one) for one in parts["contributions"]],
    }


def exported_contribution(row: Row) -> dict[str, Any]:
    """One contribution; to which proposal it belongs is told, because it may be none."""
    return written(row, ("group_id",))


def register_line(decision: Row) -> dict[str, Any]:
    """A line of the register."""
    told = written({name: decision[name] for name in REGISTER}, ())
    return {"decision_id": str(decision["id"]), **told}


def _rounds(proposal: Row, parts: Parts) -> list[dict[str, Any]]:
    asked, left, said = (
        by(parts[name], key)
        for name, key in (("electors", "roll_id"), ("departures", "roll_id"), ("responses", "round_id"))
    )
    return [
        {
            **written(run, JUDGED_BY),
            "answers": run["answers"].split(),
            "departures": [written(one, IN_DEPARTURES) for one in left.get(run["id"], ())],
            "present_ids": [str(one["person_id"]) for one in asked.get(run["id"], ()) if one["present"]],
            "responses": [written(one) for one in said.get(run["id"], ())],
            "judged": _judged_round(run, proposal, asked.get(run["id"], ()), said.get(run["id"], ())),
        }
        for run in parts["rounds"]
    ]


def _judged_round(
    run: Row, proposal: Row, electors: Iterable[Row], responses: Iterable[Row]
) -> dict[str, Any] | None:
    if run["state"] is not RunState.CLOSED:
        return None
    answered = _with(electors, responses, "answer")
    return round_document(run, answered, proposal["proposer_ids"], about_run(run))


def _votes(parts: Parts) -> list[dict[str, Any]]:
    asked, cast = by(parts["voters"], "roll_id"), by(parts["ballots"], "vote_id")
    left = by(parts["voters_left"], "roll_id")
    return [
        {
            **written(run),
            "departures": [written(one, IN_DEPARTURES) for one in left.get(run["id"], ())],
            "ballots": [written(one) for one in cast.get(run["id"], ())],
            "judged": _judged_vote(run, asked.get(run["id"], ()), cast.get(run["id"], ())),
        }
        for run in parts["votes"]
    ]


def _judged_vote(run: Row, electors: Iterable[Row], ballots: Iterable[Row]) -> dict[str, Any] | None:
    if run["state"] is not RunState.CLOSED:
        return None
    return vote_document(run, _with(electors, ballots, "choice"), about_run(run))


def _with(electors: Iterable[Row], answers: Iterable[Row], said: str) -> list[Row]:
    by_person = {one["person_id"]: one[said] for one in answers}
    return [{**one, said: by_person.get(one["person_id"])} for one in electors]


def _decision(decision: Row, parts: Parts) -> dict[str, Any]:
    return {
        **written(decision),
        "tasks": [written(one) for one in parts["tasks"]],
        "minutes": [written(one) for one in parts["minutes"]],
    }
