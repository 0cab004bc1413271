"""How a new text says which objections it answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from beraad.http import Body
from beraad_deliberation.api.texts import day, ids, prose
from beraad_deliberation.domain.objections import Integration, Strategy


class IntegrationBody(Body):
    """How an open objection is answered. What is deferred has an owner and a date, and becomes a task of the decision."""

    objection_id = fields.UUID(required=True)
    strategy = fields.String(load_default="amend", validate=validate.OneOf([one.value for one in Strategy]))
    note = prose(4000)
    owner_id = fields.UUID(allow_none=True)
    due_on = day(allow_none=True)

    @post_load
    def integrated(self, body: dict[str, Any], **_options: Any) -> Integration:
        """As the domain knows it."""
        return Integration(**{**body, "strategy": Strategy(body["strategy"])})


class IntegratingBody(Body):
    """Which open objections a new text answers: named, where it amends the text; or told how."""

    objection_ids = ids()
    integrations = fields.List(fields.Nested(IntegrationBody), validate=validate.Length(max=100))

    @post_load
    def together(self, body: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """One list."""
        named = [Integration(one) for one in body.pop("objection_ids", ())]
        told = {one.objection_id: one for one in [*named, *body.pop("integrations", ())]}
        return {**body, "integrations": tuple(told.values())}
