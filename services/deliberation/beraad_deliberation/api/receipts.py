"""What an elector keeps: with the answer a signed promise, after the close the proof that it was counted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields

from beraad.http import Answer, Blueprint, look_once, requires
from beraad.http.context import current_settings
from beraad.record.entries import Sealed
from beraad_deliberation.queries.record import checkpoint_of, receipt_of_round, receipt_of_vote
from beraad_deliberation.record.receipts import a_receipt
from beraad_deliberation.storage.sealing import promised

blueprint = Blueprint("record", __name__, url_prefix="/v1", description="The record anyone can check")


class ReceiptAnswer(Answer):
    """To keep, and to give to `beraad verify --against`. `closed`: the proof, once it closed (docs/record.md)."""

    format = fields.String()
    entry = fields.Dict()
    promise = fields.String()
    closed = fields.Dict(allow_none=True)


class CheckpointAnswer(Answer):
    """How far the group's record goes: a signed note, and the key it is checked with."""

    origin = fields.String()
    key = fields.String()
    size = fields.Integer()
    checkpoint = fields.String()


def receipt_for(roll_id: UUID, leaf: Sealed | None) -> dict[str, Any] | None:
    """What goes with an answer at once; None where the record does not know the electorate."""
    if leaf is None:
        return None
    group_id = UUID(leaf.entry["group"])
    return a_receipt(leaf.entry, promised(current_settings(), group_id, roll_id, leaf))


@blueprint.get("/rounds/<uuid:round_id>/receipts/me")
@requires("round.read")
@blueprint.response(200, ReceiptAnswer)
def get_round_receipt(round_id: UUID) -> dict[str, Any]:
    """The caller's receipt for what they answered last."""
    return look_once(receipt_of_round, round_id)


@blueprint.get("/votes/<uuid:vote_id>/receipts/me")
@requires("vote.read")
@blueprint.response(200, ReceiptAnswer)
def get_vote_receipt(vote_id: UUID) -> dict[str, Any]:
    """The caller's receipt for the ballot they cast last."""
    return look_once(receipt_of_vote, vote_id)


@blueprint.get("/groups/<uuid:group_id>/checkpoint")
@requires("record.read")
@blueprint.response(200, CheckpointAnswer)
def get_checkpoint(group_id: UUID) -> dict[str, Any]:
    """How far the group's record goes now, signed."""
    return look_once(checkpoint_of, group_id)
