"""A round or a vote as a document, complete enough for anyone to judge it: `beraad.round/1` and `beraad.vote/1`.

What is not needed to judge stands under `about` and changes nothing. Everything else that is not known is refused, so that a
word mistyped never passes for one left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import orjson
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from beraad_deliberation.documents.profiles import MajorityFields, ProfileFields
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.votes import Choice

ROUND_FORMAT, VOTE_FORMAT = "beraad.round/1", "beraad.vote/1"
MOST = 2**31
LONGEST_NAME = 100
REMEMBERED = 100


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


class _ReadOnce(fields.Nested):
    """What was read before is not read again: the rounds of a group share a profile, and reading it takes as long as the rest."""

    def __init__(self, schema: type[Schema], **options: Any) -> None:
        super().__init__(schema, **options)
        self._known: dict[bytes, dict[str, Any]] = {}

    def _load(self, value: Any, partial: Any = None) -> Any:
        try:
            written = orjson.dumps(value)
        except TypeError:
            return super()._load(value, partial)
        if written not in self._known:
            read = super()._load(value, partial)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[written] = read
        return deepcopy(self._known[written])


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

    id = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NAME))
    proposer = _flag()
    departed = _flag()
    recused = _flag()
    notified = _flag()
    answer = fields.String(load_default=None, allow_none=True, validate=_words(Answer))

    def load(self, data: Any, **options: Any) -> Any:
        """What is as expected is taken as it is, in a twentieth of the time; the rest is explained by marshmallow."""
        return {**UNSAID, **data} if _is_plain(data) else super().load(data, **options)


class ObjectionDocument(_Document):
    """An objection to the proposal: in which round it was raised (this one where it is not named), and where it ended.

    `raised_by`: whose it was before `elector` adopted it.
    """

    elector = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NAME))
    state = fields.String(required=True, validate=_words(ObjectionState))
    round = _count(load_default=None, allow_none=True)
    raised_by = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(min=1, max=LONGEST_NAME)
    )


class RoundDocument(_Document):
    """A consent round at its close."""

    format = fields.String(required=True, validate=validate.Equal(ROUND_FORMAT))
    about = fields.Dict(load_default=dict)
    profile = _ReadOnce(ProfileDocument, required=True)
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


def _is_plain(elector: Any) -> bool:
    if type(elector) is not dict or "id" not in elector:
        return False
    return all(name in PLAIN and PLAIN[name](value) for name, value in elector.items())


def _is_name(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= LONGEST_NAME


def _is_flag(value: Any) -> bool:
    return value is True or value is False


def _is_answer(value: Any) -> bool:
    return value is None or (type(value) is str and value in ANSWERS)


FLAGS = ("proposer", "departed", "recused", "notified")
ANSWERS = frozenset(map(str, Answer))
PLAIN = {"id": _is_name, "answer": _is_answer, **dict.fromkeys(FLAGS, _is_flag)}
UNSAID = {**dict.fromkeys(FLAGS, False), "answer": None}


class VoterDocument(_Document):
    """Somebody who may vote."""

    id = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NAME))
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
    profile = _ReadOnce(ProfileDocument, required=True)
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
