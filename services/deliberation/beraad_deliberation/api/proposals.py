"""Proposals: draft, open, move, withdraw, publish versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, act, if_match, located, look, requires
from beraad_deliberation.api import proposal_schemas as shape
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.queries.proposals import list_proposals, list_versions, one_proposal
from beraad_deliberation.queries.texts import blame, difference
from beraad_deliberation.use_cases.draft_proposal import DraftProposal, draft_proposal
from beraad_deliberation.use_cases.edit_draft import EditDraft, edit_draft
from beraad_deliberation.use_cases.move_proposal import MoveProposal, move_proposal
from beraad_deliberation.use_cases.open_proposal import OpenProposal, open_proposal
from beraad_deliberation.use_cases.publish_version import PublishVersion, publish_version
from beraad_deliberation.use_cases.refer_proposal import ReferProposal, refer_proposal
from beraad_deliberation.use_cases.withdraw_proposal import (
    TakeOverProposal,
    WithdrawProposal,
    take_over_proposal,
    withdraw_proposal,
)

blueprint = Blueprint(
    "proposals", __name__, url_prefix="/v1/proposals", description="Texts on their way to a decision"
)
LISTS = ("proposer_ids", "tasks", "groups")


@blueprint.post("")
@requires("proposal.draft")
@blueprint.arguments(shape.ProposalBody)
@blueprint.response(201, shape.ProposalAnswer)
def post_proposal(body: dict[str, Any]) -> dict[str, Any]:
    """Draft a proposal."""
    lists = {name: tuple(body.get(name, ())) for name in LISTS}
    proposal = act(draft_proposal, DraftProposal(**{**body, **lists}))
    located(f"/v1/proposals/{proposal.id}")
    return look(one_proposal, proposal.id)


@blueprint.get("")
@requires("proposal.list")
@blueprint.arguments(shape.ProposalsQuery, location="query")
@blueprint.response(200, shape.ProposalsAnswer)
def get_proposals(query: dict[str, Any]) -> dict[str, Any]:
    """Proposals of the caller's groups, oldest first."""
    return {"items": look(list_proposals, **query)}


@blueprint.get("/<uuid:proposal_id>")
@requires("proposal.read")
@blueprint.response(200, shape.ProposalAnswer)
def get_proposal(proposal_id: UUID) -> dict[str, Any]:
    """A proposal with its current text."""
    return look(one_proposal, proposal_id)


@blueprint.patch("/<uuid:proposal_id>")
@requires("proposal.edit")
@blueprint.arguments(shape.ProposalChanges)
@blueprint.response(200, shape.ProposalAnswer)
def patch_proposal(changes: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Change a draft (If-Match required)."""
    act(edit_draft, EditDraft(proposal_id, changes, if_match()))
    return look(one_proposal, proposal_id)


@blueprint.post("/<uuid:proposal_id>/open")
@requires("proposal.open")
@blueprint.response(200, shape.ProposalAnswer)
def post_opening(proposal_id: UUID) -> dict[str, Any]:
    """Put the draft to the group."""
    act(open_proposal, OpenProposal(proposal_id))
    return look(one_proposal, proposal_id)


@blueprint.post("/<uuid:proposal_id>/move")
@requires("proposal.move")
@blueprint.arguments(shape.MoveBody)
@blueprint.response(200, shape.ProposalAnswer)
def post_move(body: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Move the proposal to another phase; with a reason, while somebody still has something to say."""
    act(move_proposal, MoveProposal(proposal_id, Stage(body["stage"]), body["reason"]))
    return look(one_proposal, proposal_id)


@blueprint.post("/<uuid:proposal_id>/refer")
@requires("proposal.refer")
@blueprint.response(200, shape.ProposalAnswer)
def post_referral(proposal_id: UUID) -> dict[str, Any]:
    """Let the approving body decide a deadlock."""
    act(refer_proposal, ReferProposal(proposal_id))
    return look(one_proposal, proposal_id)


@blueprint.post("/<uuid:proposal_id>/withdraw")
@requires("proposal.withdraw")
@blueprint.response(200, shape.ProposalAnswer)
def post_withdrawal(proposal_id: UUID) -> dict[str, Any]:
    """Take the proposal back: a draft at once, else unless somebody takes it over within 24 hours."""
    act(withdraw_proposal, WithdrawProposal(proposal_id))
    return look(one_proposal, proposal_id)


@blueprint.post("/<uuid:proposal_id>/take-over")
@requires("proposal.take_over")
@blueprint.response(200, shape.ProposalAnswer)
def post_takeover(proposal_id: UUID) -> dict[str, Any]:
    """Propose from now on what its proposers withdraw."""
    act(take_over_proposal, TakeOverProposal(proposal_id))
    return look(one_proposal, proposal_id)


@blueprint.get("/<uuid:proposal_id>/versions")
@requires("proposal.read")
@blueprint.response(200, shape.VersionsAnswer)
def get_versions(proposal_id: UUID) -> dict[str, Any]:
    """All versions, oldest first."""
    return {"items": look(list_versions, proposal_id)}


@blueprint.get("/<uuid:proposal_id>/versions/<int:number>/difference")
@requires("proposal.read")
@blueprint.arguments(shape.DifferenceQuery, location="query")
@blueprint.response(200, shape.DifferenceAnswer)
def get_difference(query: dict[str, Any], proposal_id: UUID, number: int) -> dict[str, Any]:
    """What a version changed, word by word, since the one before or an earlier one."""
    return look(difference, proposal_id, number, query["since"])


@blueprint.get("/<uuid:proposal_id>/blame")
@requires("proposal.read")
@blueprint.response(200, shape.BlameAnswer)
def get_blame(proposal_id: UUID) -> dict[str, Any]:
    """Which version, amendment and objections brought each line of the text."""
    return {"items": look(blame, proposal_id)}


@blueprint.post("/<uuid:proposal_id>/versions")
@requires("version.publish")
@blueprint.arguments(shape.VersionBody)
@blueprint.response(201, shape.ProposalAnswer)
def post_version(body: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Publish a new version, which may answer open objections."""
    act(publish_version, PublishVersion(proposal_id, **body))
    return look(one_proposal, proposal_id)
