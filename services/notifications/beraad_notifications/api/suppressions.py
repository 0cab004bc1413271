"""Suppressions: addresses that are left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from beraad.http import Answer, Blueprint, Body, PageQuery, act, line, look, requires
from beraad_notifications.queries.suppressions import list_suppressions, one_suppression
from beraad_notifications.use_cases.suppress_address import (
    LiftSuppression,
    SuppressAddress,
    lift_suppression,
    suppress_address,
)

blueprint = Blueprint(
    "suppressions", __name__, url_prefix="/v1/suppressions", description="Addresses that are left alone"
)


class SuppressionBody(Body):
    """Whose address, and why."""

    person_id = fields.UUID(required=True)
    reason = line(required=True)


class SuppressionAnswer(Answer):
    """An address that gets nothing but sign-in links."""

    person_id = fields.UUID()
    address = fields.String()
    reason = fields.String(metadata={"description": "The mail server's words, or an administrator's"})
    since = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Null: before that was written down"}
    )


class SuppressionsAnswer(Answer):
    """A page of them."""

    items = fields.List(fields.Nested(SuppressionAnswer))


@blueprint.get("")
@requires("suppression.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, SuppressionsAnswer)
def get_suppressions(query: dict[str, Any]) -> dict[str, Any]:
    """Those in force: a new address of the person lifts one by itself."""
    return {"items": look(list_suppressions, **query)}


@blueprint.post("")
@requires("suppression.change")
@blueprint.arguments(SuppressionBody)
@blueprint.response(201, SuppressionAnswer)
def post_suppression(body: dict[str, Any]) -> dict[str, Any]:
    """Leave the person's address alone, from this moment."""
    act(suppress_address, SuppressAddress(**body))
    return look(one_suppression, body["person_id"])


@blueprint.delete("/<uuid:person_id>")
@requires("suppression.change")
@blueprint.response(204)
def delete_suppression(person_id: UUID) -> Response:
    """Write to the person's address again. Harmless to repeat."""
    act(lift_suppression, LiftSuppression(person_id))
    return Response(status=204)
