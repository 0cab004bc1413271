"""Conflicts of interest: people declare their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from beraad.http import Answer, Blueprint, Body, PageQuery, act, line, located, look, requires, words
from beraad_membership.queries.conflicts import list_conflicts
from beraad_membership.use_cases.declare_conflict import (
    DeclareConflict,
    EndConflict,
    declare_conflict,
    end_conflict,
)

blueprint = Blueprint("conflicts", __name__, url_prefix="/v1", description="Conflicts of interest")


class ConflictBody(Body):
    """A conflict of interest with one group, or with every group of a theme."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry declares once"})
    group_id = fields.UUID()
    theme = line()
    reason = words(4000, required=True)


class ConflictAnswer(Answer):
    """A conflict of interest, and whether it is over."""

    id = fields.UUID()
    person_id = fields.UUID()
    group_id = fields.UUID(allow_none=True)
    theme = fields.String(allow_none=True)
    reason = fields.String()
    declared_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class ConflictsAnswer(Answer):
    """A page of conflicts of interest."""

    items = fields.List(fields.Nested(ConflictAnswer))


@blueprint.post("/people/<uuid:person_id>/conflicts")
@requires("conflict.declare")
@blueprint.arguments(ConflictBody)
@blueprint.response(201, ConflictAnswer)
def post_conflict(body: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Declare a conflict of interest: it keeps one from new seats there."""
    conflict = act(declare_conflict, DeclareConflict(person_id=person_id, **body))
    located(f"/v1/people/{person_id}/conflicts")
    return vars(conflict)


@blueprint.get("/people/<uuid:person_id>/conflicts")
@requires("conflict.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ConflictsAnswer)
def get_conflicts(query: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """What somebody declared."""
    return {"items": look(list_conflicts, person_id, **query)}


@blueprint.delete("/conflicts/<uuid:conflict_id>")
@requires("conflict.end")
@blueprint.response(204)
def delete_conflict(conflict_id: UUID) -> Response:
    """Declare that it is over."""
    act(end_conflict, EndConflict(conflict_id))
    return Response(status=204)
