"""Majority votes: open, read, cast a ballot, close."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, ResourceAnswer, act, act_at_once, located, look, requires
from beraad_deliberation.api.judged import ExportedVote
from beraad_deliberation.api.live import look_live
from beraad_deliberation.api.receipts import ReceiptAnswer, receipt_for
from beraad_deliberation.api.rounds import ClosingBody, OpeningBody, VerdictAnswer
from beraad_deliberation.api.texts import counter
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.queries.judged import export_vote
from beraad_deliberation.queries.rounds import list_votes, one_vote
from beraad_deliberation.use_cases.cast_ballot import CastBallot, cast_ballot, cast_ballot_at_once
from beraad_deliberation.use_cases.close_vote import CloseVote, close_vote
from beraad_deliberation.use_cases.open_vote import OpenVote, open_vote

blueprint = Blueprint("votes", __name__, url_prefix="/v1", description="Majority votes")


class BallotBody(Body):
    """The caller's choice about the version they read."""

    version = counter(required=True)
    choice = fields.String(required=True, validate=validate.OneOf([choice.value for choice in Choice]))


class BallotAnswer(Answer):
    """The caller's ballot."""

    vote_id = fields.UUID()
    version = fields.Integer()
    choice = fields.String()


class RecordedBallot(BallotAnswer):
    """The caller's ballot, with the receipt to keep: a signed promise that it will be counted."""

    receipt = fields.Nested(ReceiptAnswer, allow_none=True)


class VoteSummary(Answer):
    """A vote in a list. Counts are known when it is closed."""

    id = fields.UUID()
    revision = fields.Integer()
    proposal_id = fields.UUID()
    group_id = fields.UUID()
    title = fields.String()
    version = fields.Integer()
    profile = fields.String()
    state = fields.String(validate=validate.OneOf(["open", "closed"]))
    opened_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    remind_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When those who have not answered are reminded; null when nobody is to be"},
    )
    closed_at = fields.AwareDateTime(allow_none=True)
    close_reason = fields.String(allow_none=True)
    electors = fields.Integer()
    electorate_hash = fields.String()
    electorate_epoch = fields.Integer()
    electorate_position = fields.Integer()
    override_reason = fields.String(allow_none=True)
    verdict = fields.Nested(VerdictAnswer, allow_none=True)
    eligible = fields.Integer(allow_none=True)
    in_favor = fields.Integer(allow_none=True)
    against = fields.Integer(allow_none=True)
    abstained = fields.Integer(allow_none=True)


class VoteAnswer(VoteSummary, ResourceAnswer):
    """A vote: `answered` of `electors` (less those who `departed`) have voted."""

    answered = fields.Integer()
    departed = fields.Integer()
    is_elector = fields.Boolean()
    my_ballot = fields.Nested(BallotAnswer, allow_none=True)


class VotesAnswer(Answer):
    """The votes held over a proposal."""

    items = fields.List(fields.Nested(VoteSummary))


@blueprint.post("/proposals/<uuid:proposal_id>/votes")
@requires("vote.open")
@blueprint.arguments(OpeningBody)
@blueprint.response(201, VoteAnswer)
def post_vote(body: dict[str, Any], proposal_id: UUID) -> dict[str, Any]:
    """Open a vote over the current version."""
    vote = act(open_vote, OpenVote(proposal_id, **body))
    located(f"/v1/votes/{vote.id}")
    return look(one_vote, vote.id)


@blueprint.get("/proposals/<uuid:proposal_id>/votes")
@requires("proposal.read")
@blueprint.response(200, VotesAnswer)
def get_votes(proposal_id: UUID) -> dict[str, Any]:
    """The votes held over a proposal, first to last."""
    return {"items": look(list_votes, proposal_id)}


@blueprint.get("/votes/<uuid:vote_id>")
@requires("vote.read")
@blueprint.response(200, VoteAnswer)
def get_vote(vote_id: UUID) -> dict[str, Any]:
    """A vote as it stands."""
    return look_live(one_vote, vote_id)


@blueprint.get("/votes/<uuid:vote_id>/export")
@requires("vote.read")
@blueprint.response(200, ExportedVote)
def get_vote_export(vote_id: UUID) -> dict[str, Any]:
    """A closed vote as the document `beraad evaluate` judges."""
    return look(export_vote, vote_id)


@blueprint.put("/votes/<uuid:vote_id>/ballots/me")
@requires("vote.cast")
@blueprint.arguments(BallotBody)
@blueprint.response(200, RecordedBallot)
def put_ballot(body: dict[str, Any], vote_id: UUID) -> dict[str, Any]:
    """Cast a ballot. Safe to repeat; replaceable until the vote closes."""
    command = CastBallot(vote_id, body["version"], Choice(body["choice"]))
    leaf = act_at_once(cast_ballot_at_once, cast_ballot, command)
    return {"vote_id": vote_id, **body, "receipt": receipt_for(vote_id, leaf)}


@blueprint.post("/votes/<uuid:vote_id>/close")
@requires("vote.close")
@blueprint.arguments(ClosingBody, required=False)
@blueprint.response(200, VoteAnswer)
def post_vote_closing(body: dict[str, Any], vote_id: UUID) -> dict[str, Any]:
    """Close the vote and count. Closed already: no effect."""
    act(close_vote, CloseVote(vote_id, body["reason"]))
    return look(one_vote, vote_id)
