"""Deliveries: what was sent, what was not and why."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, PageQuery, look, requires
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.domain.deliveries import State
from beraad_notifications.queries.deliveries import count_deliveries, list_deliveries

blueprint = Blueprint("deliveries", __name__, url_prefix="/v1/deliveries", description="What was sent")
STATES = [state.value for state in State]


class DeliveriesQuery(PageQuery):
    """Without `person_id`: one's own; administrators see everyone's."""

    person_id = fields.UUID(load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(sorted(KINDS)))
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class DeliveryAnswer(Answer):
    """One mail to one person about one event."""

    id = fields.UUID()
    revision = fields.Integer()
    person_id = fields.UUID()
    event_id = fields.UUID()
    kind = fields.String()
    channel = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String(metadata={"description": "The mail server's words, or why nothing was sent"})
    attempts = fields.Integer()
    uncertain = fields.Integer(metadata={"description": "How often nobody knew whether the server had it"})
    queued_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(metadata={"description": "Of the next attempt, or of the last"})
    settled_at = fields.AwareDateTime(allow_none=True)
    digest_id = fields.UUID(
        allow_none=True, metadata={"description": "The digest it is told in: the `event_id` of that mail"}
    )


class DeliveriesAnswer(Answer):
    """A page of deliveries."""

    items = fields.List(fields.Nested(DeliveryAnswer))


class DeliveryCount(Answer):
    """How many deliveries of a kind are in a state."""

    kind = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    count = fields.Integer()


class DeliveryCounts(Answer):
    """Kinds and states without a delivery are left out."""

    items = fields.List(fields.Nested(DeliveryCount))


@blueprint.get("")
@requires("delivery.list")
@blueprint.arguments(DeliveriesQuery, location="query")
@blueprint.response(200, DeliveriesAnswer)
def get_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """Deliveries, oldest first."""
    return {"items": look(list_deliveries, **query)}


@blueprint.get("/counts")
@requires("delivery.count")
@blueprint.response(200, DeliveryCounts)
def get_counts() -> dict[str, Any]:
    """How many deliveries there are, by kind and state."""
    return look(count_deliveries)
