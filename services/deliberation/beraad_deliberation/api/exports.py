"""Exports: a proposal or a group, whole, to keep and to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from beraad.http import Blueprint, look_once, requires
from beraad_deliberation.api.whole import HTML, as_page
from beraad_deliberation.documents.export_schemas import GroupDocument, ProposalDocument
from beraad_deliberation.queries.exports import export_group, export_proposal
from beraad_deliberation.queries.pages import group_page, proposal_page

blueprint = Blueprint("exports", __name__, url_prefix="/v1", description="Proposals and groups, whole")


@blueprint.get("/proposals/<uuid:proposal_id>/export")
@requires("proposal.export")
@blueprint.response(200, ProposalDocument)
def get_proposal_export(proposal_id: UUID) -> Any:
    """A proposal and all that belongs to it."""
    return jsonify(look_once(export_proposal, proposal_id))


@blueprint.get("/proposals/<uuid:proposal_id>/export.html")
@requires("proposal.export")
@blueprint.doc(responses={"200": HTML})
def get_proposal_page(proposal_id: UUID) -> Response:
    """The same, to read: one page that needs nothing else."""
    return as_page(look_once(proposal_page, proposal_id))


@blueprint.get("/groups/<uuid:group_id>/export")
@requires("group.export")
@blueprint.response(200, GroupDocument)
def get_group_export(group_id: UUID) -> Any:
    """A group's proposals, register, profiles and contributions."""
    return jsonify(look_once(export_group, group_id))


@blueprint.get("/groups/<uuid:group_id>/export.html")
@requires("group.export")
@blueprint.doc(responses={"200": HTML})
def get_group_page(group_id: UUID) -> Response:
    """The same, to read."""
    return as_page(look_once(group_page, group_id))
