"""What is held of a person: ask for it, fetch it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from beraad.http import Answer, Blueprint, act, located, look, requires
from beraad_membership.queries.person_exports import one_export
from beraad_membership.use_cases.export_person import ExportPerson, export_person

blueprint = Blueprint("person-exports", __name__, url_prefix="/v1", description="The right to know")


class PersonExportAnswer(Answer):
    """Everything that is held of a person, once every service has answered; until it expires."""

    id = fields.UUID()
    person_id = fields.UUID()
    requested_by = fields.UUID(allow_none=True)
    requested_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    complete = fields.Boolean()
    answered = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        metadata={"description": "Service → whether all of its answer is here"},
    )
    held = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.List(fields.Dict())),
        allow_none=True,
        metadata={"description": "Service → table → rows as they are kept; null while an answer is missing"},
    )


@blueprint.post("/people/<uuid:person_id>/exports")
@requires("person.export")
@blueprint.response(202, PersonExportAnswer)
def post_export(person_id: UUID) -> dict[str, Any]:
    """Ask all services what they hold of a person. While an answer is missing, asking again is about the same export."""
    export_id = act(export_person, ExportPerson(person_id))
    located(f"/v1/people/{person_id}/exports/{export_id}")
    return look(one_export, person_id, export_id)


@blueprint.get("/people/<uuid:person_id>/exports/<uuid:export_id>")
@requires("export.read")
@blueprint.response(200, PersonExportAnswer)
def get_export(person_id: UUID, export_id: UUID) -> dict[str, Any]:
    """Who has answered, and everything once all have; for seven days."""
    return look(one_export, person_id, export_id)
