"""API keys: issue, list, revoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from beraad.contracts.membership import API_KEY_SCOPES
from beraad.http import (
    Answer,
    Blueprint,
    Body,
    PageQuery,
    ResourceAnswer,
    act,
    line,
    look,
    requires,
    show_once,
)
from beraad_membership.queries.api_keys import list_api_keys, one_api_key
from beraad_membership.use_cases.issue_api_key import IssueApiKey, issue_api_key
from beraad_membership.use_cases.revoke_api_key import RevokeApiKey, revoke_api_key

blueprint = Blueprint("api-keys", __name__, url_prefix="/v1", description="Keys for integrators")


class ApiKeyBody(Body):
    """Which integration the key is for, and what it may do: `events:<service>` reads that service's feed."""

    name = line(required=True)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(API_KEY_SCOPES)),
        required=True,
        validate=validate.Length(min=1, max=20),
    )
    expires_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Null: until it is revoked"})


class ApiKeyAnswer(ResourceAnswer):
    """A key, without what proves it."""

    name = fields.String()
    scopes = fields.List(fields.String())
    created_at = fields.AwareDateTime()
    created_by = fields.UUID()
    expires_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class IssuedApiKeyAnswer(ApiKeyAnswer):
    """The new key, shown this once."""

    key = fields.String(
        allow_none=True,
        metadata={"description": "Null when an Idempotency-Key is repeated: it is stored nowhere"},
    )


class ApiKeysAnswer(Answer):
    """A page of keys."""

    items = fields.List(fields.Nested(ApiKeyAnswer))


@blueprint.post("/api-keys")
@requires("api_key.issue")
@blueprint.arguments(ApiKeyBody)
@blueprint.response(201, IssuedApiKeyAnswer)
def post_api_key(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Issue a key. It is shown in this answer and never again, nor in the answer to a repeated request."""
    issued = act(issue_api_key, IssueApiKey(**{**body, "scopes": tuple(body["scopes"])}))
    show_once("key")
    return {**look(one_api_key, issued.id), "key": issued.key}, 201, {"Cache-Control": "no-store"}


@blueprint.get("/api-keys")
@requires("api_key.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ApiKeysAnswer)
def get_api_keys(query: dict[str, Any]) -> dict[str, Any]:
    """All keys, oldest first: whose they are, what they may do, until when."""
    return {"items": look(list_api_keys, **query)}


@blueprint.delete("/api-keys/<uuid:key_id>")
@requires("api_key.revoke")
@blueprint.response(204)
def delete_api_key(key_id: UUID) -> Response:
    """Revoke a key, in every service. Harmless to repeat."""
    act(revoke_api_key, RevokeApiKey(key_id))
    return Response(status=204)
