"""The trails of objections: as data, and as a picture."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from beraad.http import Blueprint, look, requires
from beraad_deliberation.api.whole import SVG, as_picture
from beraad_deliberation.documents.trail_schemas import TrailDocument
from beraad_deliberation.queries.pages import trail_picture
from beraad_deliberation.queries.trails import trail_of_proposal

blueprint = Blueprint("trails", __name__, url_prefix="/v1", description="What became of objections")


@blueprint.get("/proposals/<uuid:proposal_id>/trail")
@requires("objection.read")
@blueprint.response(200, TrailDocument)
def get_trail(proposal_id: UUID) -> Any:
    """Every objection to a proposal with what happened to it, step by step."""
    return jsonify(look(trail_of_proposal, proposal_id))


@blueprint.get("/proposals/<uuid:proposal_id>/trail.svg")
@requires("objection.read")
@blueprint.doc(responses={"200": SVG})
def get_trail_picture(proposal_id: UUID) -> Response:
    """The same as a picture: a lane for each objection."""
    return as_picture(look(trail_picture, proposal_id))
