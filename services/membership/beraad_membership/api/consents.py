"""Consents: give, withdraw, look up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from beraad.http import Answer, Blueprint, Body, PageQuery, act, line, look, requires
from beraad_membership.queries.consents import list_consents, one_consent
from beraad_membership.use_cases.give_consent import GiveConsent, give_consent
from beraad_membership.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent

blueprint = Blueprint("consents", __name__, url_prefix="/v1", description="Who agreed to what")
ONE = "/people/<uuid:person_id>/consents/<string(maxlength=50):purpose>"


class ConsentBody(Body):
    """Which words were agreed to."""

    text_version = line(50, required=True, metadata={"description": "The version of the text that was shown"})


class ConsentAnswer(Answer):
    """A consent."""

    id = fields.UUID()
    person_id = fields.UUID()
    purpose = fields.String()
    text_version = fields.String()
    given_at = fields.AwareDateTime()
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class ConsentsAnswer(Answer):
    """A page of consents."""

    items = fields.List(fields.Nested(ConsentAnswer))


@blueprint.get("/people/<uuid:person_id>/consents")
@requires("consent.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ConsentsAnswer)
def get_consents(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """All that a person ever gave, those withdrawn too, oldest first."""
    return {"items": look(list_consents, person_id, **query)}


@blueprint.put(ONE)
@requires("consent.give")
@blueprint.arguments(ConsentBody)
@blueprint.response(200, ConsentAnswer)
def put_consent(body: dict[str, Any], person_id: UUID, purpose: str) -> dict[str, Any]:
    """Consent to a purpose (small letters, digits, `-` and `_`) in the words of that version. Harmless to repeat."""
    consent = act(give_consent, GiveConsent(person_id, purpose, body["text_version"]))
    return look(one_consent, consent.id)


@blueprint.delete(ONE)
@requires("consent.withdraw")
@blueprint.response(204)
def delete_consent(person_id: UUID, purpose: str) -> Response:
    """Consent no more, in whatever words it was given. Harmless to repeat."""
    act(withdraw_consent, WithdrawConsent(person_id, purpose))
    return Response(status=204)
