"""Erasing people: asked for by themselves, carried out by an administrator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, act, look, requires
from beraad_membership.queries.erasures import erasure_of
from beraad_membership.use_cases.erase_person import (
    ErasePerson,
    WithdrawErasure,
    erase_person,
    withdraw_erasure,
)

blueprint = Blueprint("erasures", __name__, url_prefix="/v1", description="The right to be forgotten")


class ErasureAnswer(Answer):
    """Where it stands. `asked`: an administrator has yet to decide. `finished_at`: what was under way is erased, too."""

    person_id = fields.UUID()
    state = fields.String(validate=validate.OneOf(["asked", "erased"]))
    pseudonym = fields.String(allow_none=True)
    asked_at = fields.AwareDateTime(allow_none=True)
    erased_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)


@blueprint.post("/people/<uuid:person_id>/erasure")
@requires("person.erase")
@blueprint.response(202, ErasureAnswer)
def post_erasure(person_id: UUID) -> dict[str, Any]:
    """Erase a person (an administrator: at once and for good), or ask for it (about oneself)."""
    act(erase_person, ErasePerson(person_id))
    return look(erasure_of, person_id)


@blueprint.get("/people/<uuid:person_id>/erasure")
@requires("erasure.read")
@blueprint.response(200, ErasureAnswer)
def get_erasure(person_id: UUID) -> dict[str, Any]:
    """Where it stands."""
    return look(erasure_of, person_id)


@blueprint.delete("/people/<uuid:person_id>/erasure")
@requires("erasure.withdraw")
@blueprint.response(204)
def delete_erasure(person_id: UUID) -> Response:
    """Ask for it no longer. Who was erased cannot come back."""
    act(withdraw_erasure, WithdrawErasure(person_id))
    return Response(status=204)
