"""Live rounds: who is present, answers spoken aloud, and contesting what was recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, Body, act, look, requires
from beraad_deliberation.api.rounds import ResponseAnswer, ResponseBody, RoundAnswer
from beraad_deliberation.api.texts import ids, words
from beraad_deliberation.domain.responding import Answer as GivenAnswer
from beraad_deliberation.queries.rounds import one_round
from beraad_deliberation.use_cases.live_round import (
    ContestSpoken,
    NotePresent,
    RecordSpoken,
    contest_spoken,
    note_present_now,
    record_spoken,
)

blueprint = Blueprint("live rounds", __name__, url_prefix="/v1", description="Consent rounds in a meeting")


class PresentBody(Body):
    """Who is there now."""

    person_ids = ids(required=True)


class ContestOfSpokenBody(Body):
    """What was said instead of what was recorded."""

    reason = words(required=True)


@blueprint.put("/rounds/<uuid:round_id>/present")
@requires("round.record")
@blueprint.arguments(PresentBody)
@blueprint.response(200, RoundAnswer)
def put_present(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Say who is present in a live round."""
    act(note_present_now, NotePresent(round_id, tuple(body["person_ids"])))
    return look(one_round, round_id)


@blueprint.put("/rounds/<uuid:round_id>/responses/<uuid:person_id>")
@requires("round.record")
@blueprint.arguments(ResponseBody)
@blueprint.response(200, ResponseAnswer)
def put_spoken(body: dict[str, Any], round_id: UUID, person_id: UUID) -> dict[str, Any]:
    """Record what an elector said aloud in a live round."""
    told = body.pop("objection") or {}
    said = {name: told[name] for name in ("reason", "kind") if name in told}
    answer = GivenAnswer(body.pop("answer"))
    act(record_spoken, RecordSpoken(round_id=round_id, person_id=person_id, answer=answer, **body, **said))
    return {"round_id": round_id, "version": body["version"], "answer": answer, "concern": body["concern"]}


@blueprint.post("/rounds/<uuid:round_id>/responses/me/contest")
@requires("round.contest")
@blueprint.arguments(ContestOfSpokenBody)
@blueprint.response(200, RoundAnswer)
def post_contest_of_spoken(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Say that one did not say what was recorded."""
    act(contest_spoken, ContestSpoken(round_id, body["reason"]))
    return look(one_round, round_id)
