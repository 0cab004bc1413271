"""Amendments: propose, accept, reject, withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, act, located, look, requires
from beraad_deliberation.api.integrating import IntegratingBody
from beraad_deliberation.api.live import look_live
from beraad_deliberation.api.proposal_schemas import ProposalAnswer
from beraad_deliberation.api.texts import counter, heading, prose, words
from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.domain.proposals import LONGEST_TEXT
from beraad_deliberation.queries.proposals import list_amendments, one_amendment, one_proposal
from beraad_deliberation.use_cases.accept_amendment import AcceptAmendment, accept_amendment
from beraad_deliberation.use_cases.decline_amendment import (
    RejectAmendment,
    WithdrawAmendment,
    reject_amendment,
    withdraw_amendment,
)
from beraad_deliberation.use_cases.edit_text import (
    AnnounceEditorial,
    ContestEditorial,
    announce_editorial,
    contest_editorial,
)
from beraad_deliberation.use_cases.promote_amendment import PromoteAmendment, promote_amendment
from beraad_deliberation.use_cases.propose_amendment import ProposeAmendment, propose_amendment

blueprint = Blueprint(
    "amendments", __name__, url_prefix="/v1", description="Changes of one passage of a text"
)


def place() -> fields.Integer:
    """A position in a text, in characters (code points)."""
    return fields.Integer(strict=True, required=True, validate=validate.Range(min=0, max=LONGEST_TEXT))


class EditBody(Body):
    """`text` takes the place of the characters from `start` up to, not including, `end`."""

    start = place()
    end = place()
    text = prose(required=True)


class AmendmentBody(Body):
    """A change of the text of `base_version`, said in one of three ways.

    `original`, a passage it has exactly once, and its `replacement`; `edits`, in order and apart; or the whole new `text`.
    """

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry proposes once"})
    base_version = counter(required=True)
    original = words(LONGEST_TEXT)
    replacement = prose()
    edits = fields.List(fields.Nested(EditBody), validate=validate.Length(min=1, max=200))
    text = words(LONGEST_TEXT)
    rationale = prose(4000, load_default="")
    editorial = fields.Boolean(
        load_default=False, metadata={"description": "Changes no meaning; all that is possible before tuning"}
    )


class AcceptBody(IntegratingBody):
    """The open objections the new version answers; `base_version` is the text you have seen.

    While a round runs, it ends and the next one asks about the new text until `closes_at` (the same deadline, if not named; a
    day more at least, within its last 24 hours).
    """

    base_version = counter(load_default=None)
    closes_at = fields.AwareDateTime(load_default=None, allow_none=True)


class ContestBody(Body):
    """Why the change is more than editorial."""

    reason = words(required=True)


class PromotionBody(Body):
    """The title of the proposal that the amendment becomes; its driver, if it is not the rationale."""

    title = heading(required=True)
    driver = prose(4000)


class EditAnswer(Answer):
    """`text` takes the place of the characters from `start` up to, not including, `end`."""

    start = fields.Integer()
    end = fields.Integer()
    text = fields.String()


class ClashAnswer(Answer):
    """Where this amendment and the change that was accepted meet: what stood there, and what each makes of it."""

    before = fields.String()
    mine = fields.String()
    theirs = fields.String()


class AmendmentAnswer(Answer):
    """An amendment: proposed, accepted, rejected, withdrawn, announced, conflicted or stale. `original` is the passage around all its edits."""

    id = fields.UUID()
    revision = fields.Integer()
    proposal_id = fields.UUID()
    author_id = fields.UUID()
    base_version = fields.Integer()
    edits = fields.List(fields.Nested(EditAnswer))
    original = fields.String()
    replacement = fields.String()
    rationale = fields.String()
    state = fields.String()
    proposed_at = fields.AwareDateTime()
    settled_at = fields.AwareDateTime(allow_none=True)
    accepted_in_version = fields.Integer(allow_none=True)
    duplicate_of_id = fields.UUID(
        allow_none=True, metadata={"description": "An open amendment with the very same edits"}
    )
    clashes = fields.List(fields.Nested(ClashAnswer))
    editorial = fields.Boolean()
    takes_effect_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "An announced editorial change can be contested until then"}
    )
    contested_by = fields.UUID(allow_none=True)
    contest_reason = fields.String(allow_none=True)
    promoted_to_id = fields.UUID(allow_none=True)


class AmendmentsAnswer(Answer):
    """All amendments to a proposal."""

    items = fields.List(fields.Nested(AmendmentAnswer))


@blueprint.post("/proposals/<uuid:proposal_id>/amendments")
@requires("amendment.propose")
@blueprint.arguments(AmendmentBody)
@blueprint.response(201, AmendmentAnswer)
def post_amendment(body: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Propose to change passages of the text."""
    edits = tuple(Edit(**one) for one in body.pop("edits")) if "edits" in body else None
    amendment = act(propose_amendment, ProposeAmendment(proposal_id=proposal_id, edits=edits, **body))
    located(f"/v1/amendments/{amendment.id}")
    return look(one_amendment, amendment.id)


@blueprint.get("/proposals/<uuid:proposal_id>/amendments")
@requires("proposal.read")
@blueprint.response(200, AmendmentsAnswer)
def get_amendments(proposal_id: UUID) -> dict[str, Any]:
    """Amendments in every state, oldest first."""
    return {"items": look(list_amendments, proposal_id)}


@blueprint.get("/amendments/<uuid:amendment_id>")
@requires("proposal.read")
@blueprint.response(200, AmendmentAnswer)
def get_amendment(amendment_id: UUID) -> dict[str, Any]:
    """An amendment."""
    return look_live(one_amendment, amendment_id)


@blueprint.post("/amendments/<uuid:amendment_id>/accept")
@requires("amendment.decide")
@blueprint.arguments(AcceptBody, required=False)
@blueprint.response(200, AmendmentAnswer)
def post_acceptance(body: dict[str, Any], amendment_id: UUID) -> dict[str, Any]:
    """Take the change over: a new version stands."""
    act(accept_amendment, AcceptAmendment(amendment_id, **body))
    return look(one_amendment, amendment_id)


@blueprint.post("/amendments/<uuid:amendment_id>/announce")
@requires("amendment.decide")
@blueprint.response(200, AmendmentAnswer)
def post_announcement(amendment_id: UUID) -> dict[str, Any]:
    """Take the change over as an editorial one, unless somebody contests that within 24 hours."""
    act(announce_editorial, AnnounceEditorial(amendment_id))
    return look(one_amendment, amendment_id)


@blueprint.post("/amendments/<uuid:amendment_id>/contest")
@requires("amendment.contest")
@blueprint.arguments(ContestBody)
@blueprint.response(200, AmendmentAnswer)
def post_contest(body: dict[str, Any], amendment_id: UUID) -> dict[str, Any]:
    """Say that an announced change is more than editorial: it must be substantive then."""
    act(contest_editorial, ContestEditorial(amendment_id, body["reason"]))
    return look(one_amendment, amendment_id)


@blueprint.post("/amendments/<uuid:amendment_id>/promote")
@requires("amendment.promote")
@blueprint.arguments(PromotionBody)
@blueprint.response(201, ProposalAnswer)
def post_promotion(body: dict[str, Any], amendment_id: UUID) -> dict[str, Any]:
    """Draft a proposal of its own from one's rejected amendment."""
    proposal = act(promote_amendment, PromoteAmendment(amendment_id, **body))
    located(f"/v1/proposals/{proposal.id}")
    return look(one_proposal, proposal.id)


@blueprint.post("/amendments/<uuid:amendment_id>/reject")
@requires("amendment.decide")
@blueprint.response(200, AmendmentAnswer)
def post_rejection(amendment_id: UUID) -> dict[str, Any]:
    """Do not take the change over."""
    act(reject_amendment, RejectAmendment(amendment_id))
    return look(one_amendment, amendment_id)


@blueprint.post("/amendments/<uuid:amendment_id>/withdraw")
@requires("amendment.withdraw")
@blueprint.response(200, AmendmentAnswer)
def post_amendment_withdrawal(amendment_id: UUID) -> dict[str, Any]:
    """Take one's own amendment back."""
    act(withdraw_amendment, WithdrawAmendment(amendment_id))
    return look(one_amendment, amendment_id)
