"""Consent rounds: open, read, respond, extend, close."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from beraad.http import (
    Answer,
    Blueprint,
    Body,
    PageQuery,
    ResourceAnswer,
    act,
    act_at_once,
    located,
    look,
    requires,
)
from beraad_deliberation.api.judged import ExportedRound
from beraad_deliberation.api.live import look_live
from beraad_deliberation.api.receipts import ReceiptAnswer, receipt_for
from beraad_deliberation.api.texts import counter, ids, words
from beraad_deliberation.domain.objections import KINDS
from beraad_deliberation.domain.responding import Answer as GivenAnswer
from beraad_deliberation.queries.judged import export_round
from beraad_deliberation.queries.rounds import list_electors, list_rounds, one_round
from beraad_deliberation.queries.standing import standing_of_round
from beraad_deliberation.use_cases.close_round import CloseRound, close_round
from beraad_deliberation.use_cases.extend_round import ExtendRound, extend_round
from beraad_deliberation.use_cases.open_round import OpenRound, open_round
from beraad_deliberation.use_cases.recuse import (
    RecordDepartureByHand,
    Recuse,
    record_departure_by_hand,
    recuse,
)
from beraad_deliberation.use_cases.respond import Respond, respond, respond_at_once

blueprint = Blueprint("rounds", __name__, url_prefix="/v1", description="Consent rounds")


class OpeningBody(Body):
    """The deadline; why it opens although the roster may be incomplete."""

    closes_at = fields.AwareDateTime(required=True)
    override_reason = words(load_default=None, allow_none=True)


class RoundBody(OpeningBody):
    """A round to open. `silence`: whoever was told and says nothing consents, where the profile permits it.

    `live`: people answer together now; it closes when all present have answered. Who is present is told by the meeting, or here.
    """

    silence = fields.Boolean(load_default=False)
    live = fields.Boolean(load_default=False)
    meeting_id = fields.UUID(load_default=None, allow_none=True)
    present_ids = ids(load_default=[])


class RecusalBody(Body):
    """What interest the caller has in this."""

    reason = words(required=True)


class DepartureBody(Body):
    """Who left, and how that is known."""

    person_id = fields.UUID(required=True)
    note = words(required=True)


class ExtensionBody(Body):
    """The later deadline."""

    closes_at = fields.AwareDateTime(required=True)


class ClosingBody(Body):
    """Why it closes although not everybody answered before the deadline."""

    reason = words(load_default=None, allow_none=True)


class AnchorBody(Body):
    """A passage of the version: from `start` up to, not including, `end`, in characters."""

    start = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    end = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))


class ObjectionBody(Body):
    """Why, and what kind of harm; the passage it is about, and an amendment that would answer it, where there is one."""

    reason = fields.String(load_default="", validate=validate.Length(max=4000))
    kind = fields.String(load_default="aim", validate=validate.OneOf(KINDS))
    anchor = fields.Nested(AnchorBody, load_default=None, allow_none=True)
    amendment_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def flat(self, body: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """As the command names them."""
        anchor = body.pop("anchor") or {}
        return {**body, "anchor_start": anchor.get("start"), "anchor_end": anchor.get("end")}


class ResponseBody(Body):
    """The caller's answer to the round and version they read."""

    round_number = counter(required=True)
    version = counter(required=True)
    answer = fields.String(required=True, validate=validate.OneOf([answer.value for answer in GivenAnswer]))
    concern = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=1000))
    objection = fields.Nested(ObjectionBody, load_default=None, allow_none=True)

    @validates_schema
    def refuse_words_that_do_not_belong(self, data: dict[str, Any], **_: Any) -> None:
        """An objection or concern beside another answer would be lost, so it is refused."""
        belongs = {"objection": GivenAnswer.OBJECT, "concern": GivenAnswer.CONSENT_WITH_CONCERN}
        for name, answer in belongs.items():
            if data.get(name) and data["answer"] != answer.value:
                raise ValidationError(f"goes with the answer {answer.value} only", name)


class ResponseAnswer(Answer):
    """The caller's response."""

    round_id = fields.UUID()
    version = fields.Integer()
    answer = fields.String()
    concern = fields.String(allow_none=True)


class RecordedResponse(ResponseAnswer):
    """The caller's response, with the receipt to keep: a signed promise that it will be counted."""

    receipt = fields.Nested(ReceiptAnswer, allow_none=True)


class GivenResponse(ResponseAnswer):
    """The caller's response, and when it was given."""

    given_at = fields.AwareDateTime()
    recorded_by = fields.UUID(
        allow_none=True, metadata={"description": "Who wrote it down; it can be contested for a day"}
    )
    contested_at = fields.AwareDateTime(allow_none=True)


class VerdictAnswer(Answer):
    """Outcome and reason codes."""

    outcome = fields.String()
    reasons = fields.List(fields.String())


class DifferenceAtClose(Answer):
    """How the roster differed from the frozen electorate when the round closed: counts, and the first hundred of each."""

    joined = fields.Integer()
    left = fields.Integer()
    joined_ids = fields.List(fields.UUID())
    left_ids = fields.List(fields.UUID())


class RoundSummary(Answer):
    """A consent round in a list."""

    id = fields.UUID()
    revision = fields.Integer()
    proposal_id = fields.UUID()
    group_id = fields.UUID()
    title = fields.String()
    number = fields.Integer()
    version = fields.Integer()
    profile = fields.String()
    state = fields.String(validate=validate.OneOf(["open", "closed"]))
    opened_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    remind_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When those who have not answered are reminded; null when nobody is to be"},
    )
    closed_at = fields.AwareDateTime(allow_none=True)
    close_reason = fields.String(allow_none=True)
    electors = fields.Integer()
    answers = fields.List(fields.String())
    silence = fields.Boolean()
    live = fields.Boolean()
    live_ended_at = fields.AwareDateTime(allow_none=True)
    meeting_id = fields.UUID(allow_none=True)
    calls = fields.Integer()
    electorate_hash = fields.String()
    electorate_epoch = fields.Integer()
    electorate_position = fields.Integer()
    override_reason = fields.String(allow_none=True)
    verdict = fields.Nested(VerdictAnswer, allow_none=True)
    eligible = fields.Integer(allow_none=True)
    present = fields.Integer(allow_none=True)
    consents = fields.Integer(allow_none=True)
    tacit = fields.Integer(allow_none=True)
    objections = fields.Integer(allow_none=True)
    responses_root = fields.String(allow_none=True)
    difference = fields.Nested(DifferenceAtClose, allow_none=True)


class UnmetQuotaAnswer(Answer):
    """A quota of the group's policy that its seats miss or exceed."""

    attribute = fields.String()
    value = fields.String()
    min = fields.Integer()
    max = fields.Integer()
    filled = fields.Integer()


class RoundCompositionAnswer(Answer):
    """How the group stands against its composition policy now, as membership told last."""

    complete = fields.Boolean()
    representative = fields.Boolean()
    coordinators_present = fields.Boolean()
    missing_roles = fields.List(fields.String())
    unmet_quotas = fields.List(fields.Nested(UnmetQuotaAnswer))


class RoundAnswer(RoundSummary, ResourceAnswer):
    """A consent round: `answered` of `electors` (less those who `departed`) have answered.

    `composition`: not representative means that what is decided here speaks for fewer than the group should; null as long as
    membership has told nothing of the group.
    """

    answered = fields.Integer()
    departed = fields.Integer()
    is_elector = fields.Boolean()
    my_response = fields.Nested(GivenResponse, allow_none=True)
    objection_ids = fields.List(fields.UUID())
    composition = fields.Nested(RoundCompositionAnswer, allow_none=True)


class RoundsAnswer(Answer):
    """The rounds held over a proposal."""

    items = fields.List(fields.Nested(RoundSummary))


class ElectorAnswer(Answer):
    """Somebody who is asked."""

    person_id = fields.UUID()
    answered = fields.Boolean()
    present = fields.Boolean()
    departed_at = fields.AwareDateTime(allow_none=True)
    departed_reason = fields.String(allow_none=True)
    departed_note = fields.String(allow_none=True)
    notified = fields.Boolean()


class ElectorsAnswer(Answer):
    """A page of the frozen electorate."""

    items = fields.List(fields.Nested(ElectorAnswer))


class MissingAnswer(Answer):
    """One thing that is missing: its code, how many, and the same in words."""

    code = fields.String()
    count = fields.Integer()
    text = fields.String()


class StandingAnswer(Answer):
    """What is missing before the round can close in favor, and what closing it now would come to (of a closed one: what it came to)."""

    round_id = fields.UUID()
    state = fields.String()
    closes_at = fields.AwareDateTime()
    eligible = fields.Integer()
    answered = fields.Integer()
    missing = fields.List(fields.Nested(MissingAnswer))
    missing_answers = fields.Integer()
    missing_for_quorum = fields.Integer()
    open_objections = fields.Integer()
    untested_objections = fields.Integer()
    verdict_now = fields.Nested(VerdictAnswer)


@blueprint.post("/proposals/<uuid:proposal_id>/rounds")
@requires("round.open")
@blueprint.arguments(RoundBody)
@blueprint.response(201, RoundAnswer)
def post_round(body: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Open a consent round over the current version."""
    present = tuple(body.pop("present_ids"))
    consent_round = act(open_round, OpenRound(proposal_id, present_ids=present, **body))
    located(f"/v1/rounds/{consent_round.id}")
    return look(one_round, consent_round.id)


@blueprint.get("/proposals/<uuid:proposal_id>/rounds")
@requires("proposal.read")
@blueprint.response(200, RoundsAnswer)
def get_rounds(proposal_id: UUID) -> dict[str, Any]:
    """The rounds held over a proposal, first to last."""
    return {"items": look(list_rounds, proposal_id)}


@blueprint.get("/rounds/<uuid:round_id>")
@requires("round.read")
@blueprint.response(200, RoundAnswer)
def get_round(round_id: UUID) -> dict[str, Any]:
    """A round as it stands."""
    return look_live(one_round, round_id)


@blueprint.get("/rounds/<uuid:round_id>/electorate")
@requires("round.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ElectorsAnswer)
def get_electorate(query: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Who is asked, frozen when the round opened."""
    return {"items": look(list_electors, round_id, **query)}


@blueprint.get("/rounds/<uuid:round_id>/standing")
@requires("round.read")
@blueprint.response(200, StandingAnswer)
def get_standing(round_id: UUID) -> dict[str, Any]:
    """What is missing."""
    return look(standing_of_round, round_id)


@blueprint.get("/rounds/<uuid:round_id>/export")
@requires("round.read")
@blueprint.response(200, ExportedRound)
def get_round_export(round_id: UUID) -> dict[str, Any]:
    """A closed round as the document `beraad evaluate` judges."""
    return look(export_round, round_id)


@blueprint.put("/rounds/<uuid:round_id>/responses/me")
@requires("round.respond")
@blueprint.arguments(ResponseBody)
@blueprint.response(200, RecordedResponse)
def put_response(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Answer the round. Safe to repeat; replaceable until it closes."""
    objection = body.pop("objection") or {}
    answer = GivenAnswer(body.pop("answer"))
    command = Respond(round_id=round_id, answer=answer, **body, **objection)
    leaf = act_at_once(respond_at_once, respond, command)
    told = {"version": body["version"], "answer": answer, "concern": body["concern"]}
    return {"round_id": round_id, **told, "receipt": receipt_for(round_id, leaf)}


@blueprint.post("/rounds/<uuid:round_id>/recuse")
@requires("round.recuse")
@blueprint.arguments(RecusalBody)
@blueprint.response(200, RoundAnswer)
def post_recusal(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Leave the round's electorate, because of an interest of one's own."""
    act(recuse, Recuse(round_id, body["reason"]))
    return look(one_round, round_id)


@blueprint.post("/rounds/<uuid:round_id>/departures")
@requires("round.depart")
@blueprint.arguments(DepartureBody)
@blueprint.response(200, RoundAnswer)
def post_departure(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Record that an elector left before the round closes; an objection of theirs stands."""
    act(record_departure_by_hand, RecordDepartureByHand(round_id, **body))
    return look(one_round, round_id)


@blueprint.post("/rounds/<uuid:round_id>/extend")
@requires("round.extend")
@blueprint.arguments(ExtensionBody)
@blueprint.response(200, RoundAnswer)
def post_extension(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Move the deadline later."""
    act(extend_round, ExtendRound(round_id, body["closes_at"]))
    return look(one_round, round_id)


@blueprint.post("/rounds/<uuid:round_id>/close")
@requires("round.close")
@blueprint.arguments(ClosingBody, required=False)
@blueprint.response(200, RoundAnswer)
def post_closing(body: dict[str, Any], round_id: UUID) -> dict[str, Any]:
    """Close the round and give the verdict. Closed already: no effect."""
    act(close_round, CloseRound(round_id, body["reason"]))
    return look(one_round, round_id)
