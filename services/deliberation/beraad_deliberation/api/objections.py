"""Objections: read, say whether one qualifies, conclude the test, withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, ResourceAnswer, act, look, requires
from beraad_deliberation.api.live import look_live
from beraad_deliberation.api.texts import words
from beraad_deliberation.domain.responding import Answer as GivenAnswer
from beraad_deliberation.queries.objections import list_objections, one_objection
from beraad_deliberation.use_cases.adopt_objection import AdoptObjection, adopt_objection
from beraad_deliberation.use_cases.conclude_objection_test import (
    AppealRuling,
    ConcludeObjectionTest,
    RuleOnObjection,
    appeal_ruling,
    conclude_objection_test,
    rule_on_objection,
)
from beraad_deliberation.use_cases.give_opinion import GiveOpinion, give_opinion
from beraad_deliberation.use_cases.settle_objection import (
    ConfirmIntegration,
    MergeObjection,
    confirm_integration,
    merge_objection,
)
from beraad_deliberation.use_cases.withdraw_objection import WithdrawObjection, withdraw_objection

blueprint = Blueprint("objections", __name__, url_prefix="/v1", description="Objections and their test")
REPLACEMENTS = [answer.value for answer in GivenAnswer if answer is not GivenAnswer.OBJECT]


class OpinionBody(Body):
    """Whether the objection qualifies, and why."""

    qualifies = fields.Boolean(required=True)
    reason = words(required=True)


class WithdrawalBody(Body):
    """What the objector answers instead."""

    answer = fields.String(required=True, validate=validate.OneOf(REPLACEMENTS))
    concern = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=1000))


class RulingBody(Body):
    """What the facilitator finds, and why."""

    qualifies = fields.Boolean(required=True)
    reason = words(required=True)


class MergeBody(Body):
    """The open objection to the same proposal that this one goes on in."""

    into_id = fields.UUID(required=True)


class OpinionAnswer(Answer):
    """What one elector finds."""

    person_id = fields.UUID()
    qualifies = fields.Boolean()
    reason = fields.String()
    given_at = fields.AwareDateTime()


class ObjectionAnswer(ResourceAnswer):
    """An objection; `follows_id` is the objector's earlier one to the same proposal.

    `anchor_start` and `anchor_end`: the passage it is about, in characters of the version the round asked about.
    """

    round_id = fields.UUID()
    proposal_id = fields.UUID()
    group_id = fields.UUID()
    objector_id = fields.UUID(metadata={"description": "Who raised it, or who adopted it"})
    raised_by_id = fields.UUID()
    reason = fields.String()
    kind = fields.String()
    state = fields.String()
    raised_at = fields.AwareDateTime()
    anchor_start = fields.Integer(allow_none=True)
    anchor_end = fields.Integer(allow_none=True)
    amendment_id = fields.UUID(allow_none=True)
    follows_id = fields.UUID(allow_none=True)
    merged_into_id = fields.UUID(allow_none=True)
    ruling_reason = fields.String(allow_none=True)
    appealable_until = fields.AwareDateTime(allow_none=True)
    appealed_at = fields.AwareDateTime(allow_none=True)
    integrated_in_version = fields.Integer(allow_none=True)
    strategy = fields.String(allow_none=True)
    strategy_note = fields.String()
    strategy_owner_id = fields.UUID(allow_none=True)
    strategy_due_on = fields.Date(allow_none=True)
    tested_at = fields.AwareDateTime(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    orphaned_until = fields.AwareDateTime(allow_none=True)
    opinions = fields.List(fields.Nested(OpinionAnswer))


class ObjectionsAnswer(Answer):
    """All objections to a proposal."""

    items = fields.List(fields.Nested(ObjectionAnswer))


@blueprint.get("/proposals/<uuid:proposal_id>/objections")
@requires("objection.read")
@blueprint.response(200, ObjectionsAnswer)
def get_objections(proposal_id: UUID) -> dict[str, Any]:
    """Objections in every state, oldest first."""
    return {"items": look(list_objections, proposal_id)}


@blueprint.get("/objections/<uuid:objection_id>")
@requires("objection.read")
@blueprint.response(200, ObjectionAnswer)
def get_objection(objection_id: UUID) -> dict[str, Any]:
    """An objection with the opinions on it."""
    return look_live(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/opinions")
@requires("objection.opine")
@blueprint.arguments(OpinionBody)
@blueprint.response(200, ObjectionAnswer)
def post_opinion(body: dict[str, Any], objection_id: UUID) -> dict[str, Any]:
    """Say whether the objection qualifies; the latest opinion counts."""
    act(give_opinion, GiveOpinion(objection_id, **body))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/test")
@requires("objection.test")
@blueprint.response(200, ObjectionAnswer)
def post_test(objection_id: UUID) -> dict[str, Any]:
    """Conclude the test by the opinions given."""
    act(conclude_objection_test, ConcludeObjectionTest(objection_id))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/rule")
@requires("objection.test")
@blueprint.arguments(RulingBody)
@blueprint.response(200, ObjectionAnswer)
def post_ruling(body: dict[str, Any], objection_id: UUID) -> dict[str, Any]:
    """The facilitator's ruling, where the profile lets the facilitator test; that it does not qualify can be appealed for a day."""
    act(rule_on_objection, RuleOnObjection(objection_id, **body))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/appeal")
@requires("objection.appeal")
@blueprint.response(200, ObjectionAnswer)
def post_appeal(objection_id: UUID) -> dict[str, Any]:
    """Let the group test one's objection instead of the facilitator."""
    act(appeal_ruling, AppealRuling(objection_id))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/confirm")
@requires("objection.withdraw")
@blueprint.response(200, ObjectionAnswer)
def post_confirmation(objection_id: UUID) -> dict[str, Any]:
    """Say that the new version answers one's objection."""
    act(confirm_integration, ConfirmIntegration(objection_id))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/merge")
@requires("objection.withdraw")
@blueprint.arguments(MergeBody)
@blueprint.response(200, ObjectionAnswer)
def post_merge(body: dict[str, Any], objection_id: UUID) -> dict[str, Any]:
    """Let one's objection go on in another."""
    act(merge_objection, MergeObjection(objection_id, body["into_id"]))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/adopt")
@requires("objection.adopt")
@blueprint.response(200, ObjectionAnswer)
def post_adoption(objection_id: UUID) -> dict[str, Any]:
    """Make an objection one's own whose objector left."""
    act(adopt_objection, AdoptObjection(objection_id))
    return look(one_objection, objection_id)


@blueprint.post("/objections/<uuid:objection_id>/withdraw")
@requires("objection.withdraw")
@blueprint.arguments(WithdrawalBody)
@blueprint.response(200, ObjectionAnswer)
def post_objection_withdrawal(body: dict[str, Any], objection_id: UUID) -> dict[str, Any]:
    """Withdraw one's objection, with the answer that replaces it."""
    act(withdraw_objection, WithdrawObjection(objection_id, GivenAnswer(body["answer"]), body["concern"]))
    return look(one_objection, objection_id)
