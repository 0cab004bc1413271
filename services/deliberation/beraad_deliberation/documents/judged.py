"""A round or a vote as a document, complete enough for anyone to judge it: `beraad.round/1` and `beraad.vote/1`.

What is not needed to judge stands under `about` and changes nothing. Everything else that is not known is refused, so that a
word mistyped never passes for one left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from beraad_deliberation.documents.profiles import MajorityFields, ProfileFields
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.votes import Choice

ROUND_FORMAT, VOTE_FORMAT = "beraad.round/1", "beraad.vote/1"
MOST = 2**31


class _Document(Schema):
    class Meta:
        """Nothing is passed over."""

        unknown = RAISE


def _words(known: Any) -> Any:
    return validate.OneOf([str(word) for word in known])


def _count(**options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=0, max=MOST), **options)


def _flag() -> fields.Boolean:
    """True or false, not a word that could mean it."""
    return fields.Boolean(load_default=False, truthy={True}, falsy={False})


class MajorityDocument(MajorityFields, _Document):
    """What a vote needs."""


class ProfileDocument(ProfileFields, _Document):
    """The rules: a `preset` and what is different from it; or all of them."""

    preset = fields.String(validate=_words(PRESETS))
    name = fields.String(validate=validate.Length(max=100))
    majority = fields.Nested(MajorityDocument)
    approving_body_id = fields.UUID(allow_none=True)

    def made(self, told: Mapping[str, Any]) -> DecisionProfile:
        """The profile. What is not named is as in the preset, or as in "consent"."""
        start = PRESETS[told.get("preset", "consent")].to_document()
        rest = {name: value for name, value in told.items() if name != "preset"}
        profile = DecisionProfile.from_document({**start, **rest, "approving_body_id": None})
        return profile.for_approval_by(told.get("approving_body_id"))


class ElectorDocument(_Document):
    """Somebody who was asked. `notified`: the mail about it was accepted for delivery, which counts where silence is consent."""

    id = fields.String(required=True, validate=validate.Length(min=1, max=100))
    proposer = _flag()
    departed = _flag()
    recused = _flag()
    notified = _flag()
    answer = fields.String(load_default=None, allow_none=True, validate=_words(Answer))


class ObjectionDocument(_Document):
    """An objection to the proposal: in which round it was raised (this one where it is not named), and where it ended.

    `raised_by`: whose it was before `elector` adopted it.
    """

    elector = fields.String(required=True, validate=validate.Length(min=1, max=100))
    state = fields.String(required=True, validate=_words(ObjectionState))
    round = _count(load_default=None, allow_none=True)
    raised_by = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))


class RoundDocument(_Document):
    """A consent round at its close."""

    format = fields.String(required=True, validate=validate.Equal(ROUND_FORMAT))
    about = fields.Dict(load_default=dict)
    profile = fields.Nested(ProfileDocument, required=True)
    number = fields.Integer(strict=True, load_default=1, validate=validate.Range(min=1, max=MOST))
    calls = fields.Integer(strict=True, load_default=1, validate=validate.Range(min=1, max=3))
    silence = _flag()
    reconsidered = _flag()
    electors = fields.List(fields.Nested(ElectorDocument), required=True)
    objections = fields.List(fields.Nested(ObjectionDocument), load_default=list)

    @validates_schema
    def expect_one_of_each(self, data: dict[str, Any], **_options: Any) -> None:
        """Everybody is asked once."""
        _expect_once(data["electors"])


class VoterDocument(_Document):
    """Somebody who may vote."""

    id = fields.String(required=True, validate=validate.Length(min=1, max=100))
    departed = _flag()
    recused = _flag()
    choice = fields.String(load_default=None, allow_none=True, validate=_words(Choice))


class CountDocument(_Document):
    """The ballots, counted."""

    eligible = _count(required=True)
    in_favor = _count(required=True)
    against = _count(required=True)
    abstained = _count(load_default=0)

    @validates_schema
    def expect_enough(self, data: dict[str, Any], **_options: Any) -> None:
        """There are no more ballots than people."""
        if data["in_favor"] + data["against"] + data["abstained"] > data["eligible"]:
            raise ValidationError("there are more ballots than people", "eligible")


class VoteDocument(_Document):
    """A majority vote at its close: everybody with their ballot, or the count."""

    format = fields.String(required=True, validate=validate.Equal(VOTE_FORMAT))
    about = fields.Dict(load_default=dict)
    profile = fields.Nested(ProfileDocument, required=True)
    electors = fields.List(fields.Nested(VoterDocument))
    count = fields.Nested(CountDocument)

    @validates_schema
    def expect_one_way(self, data: dict[str, Any], **_options: Any) -> None:
        """Either is enough; both could disagree."""
        if ("electors" in data) == ("count" in data):
            raise ValidationError("give the electors with their choices, or the count", "electors")
        _expect_once(data.get("electors", []))


def _expect_once(electors: list[dict[str, Any]]) -> None:
    if len({one["id"] for one in electors}) < len(electors):
        raise ValidationError("somebody is listed twice", "electors")
