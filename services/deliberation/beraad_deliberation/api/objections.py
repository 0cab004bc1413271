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
from beraad_deliberation.use_cases.conclude_objection_test import (
    ConcludeObjectionTest,
    conclude_objection_test,
)
from beraad_deliberation.use_cases.give_opinion import GiveOpinion, give_opinion
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


class OpinionAnswer(Answer):
    """What one elector finds."""

    person_id = fields.UUID()
    qualifies = fields.Boolean()
    reason = fields.String()
    given_at = fields.AwareDateTime()


class ObjectionAnswer(ResourceAnswer):
    """An objection; `follows_id` is the objector's earlier one to the same proposal."""

    round_id = fields.UUID()
    proposal_id = fields.UUID()
    group_id = fields.UUID()
    objector_id = fields.UUID()
    reason = fields.String()
    kind = fields.String()
    state = fields.String()
    raised_at = fields.AwareDateTime()
    follows_id = fields.UUID(allow_none=True)
    integrated_in_version = fields.Integer(allow_none=True)
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


@blueprint.post("/objections/<uuid:objection_id>/withdraw")
@requires("objection.withdraw")
@blueprint.arguments(WithdrawalBody)
@blueprint.response(200, ObjectionAnswer)
def post_objection_withdrawal(body: dict[str, Any], objection_id: UUID) -> dict[str, Any]:
    """Withdraw one's objection, with the answer that replaces it."""
    act(withdraw_objection, WithdrawObjection(objection_id, GivenAnswer(body["answer"]), body["concern"]))
    return look(one_objection, objection_id)
