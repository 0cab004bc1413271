"""The shape of a decision profile wherever it is written down: requests, answers, exports. A ratio is `[n, d]`, exact."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from beraad_deliberation.domain.profiles import BASES, PHASES, Fallback, ObjectionTest, OnExpiry
from beraad_deliberation.domain.responding import Answer


def ratio(**options: Any) -> fields.List[Any]:
    """An exact fraction, `[n, d]`."""
    whole = fields.Integer(strict=True, validate=validate.Range(min=0, max=10_000))
    return fields.List(whole, validate=validate.Length(equal=2), **options)


def several(words_of: Any, **options: Any) -> fields.List[Any]:
    """Some of a closed list of words, each at most once."""
    known = [str(word) for word in words_of]
    one = fields.String(validate=validate.OneOf(known))
    return fields.List(one, validate=validate.Length(max=len(known)), **options)


class MajorityFields:
    """What a vote needs of `base`: reached, or with `strict` exceeded."""

    share = ratio(required=True)
    base = fields.String(required=True, validate=validate.OneOf(BASES))
    strict = fields.Boolean(required=True)


class ProfileFields:
    """The rules a decision is made by; what they mean is told in docs/deciding.md."""

    by_vote = fields.Boolean()
    quorum = ratio()
    second_call_quorum = ratio(allow_none=True)
    minimum_consents = fields.Integer(strict=True, validate=validate.Range(min=0, max=10_000))
    max_rounds = fields.Integer(strict=True, validate=validate.Range(min=1, max=10))
    phases = several(PHASES)
    time_boxes = fields.Dict(
        keys=fields.String(validate=validate.OneOf(PHASES)),
        values=fields.Integer(strict=True, validate=validate.Range(min=1, max=2160)),
        metadata={"description": "Hours a phase lasts at most"},
    )
    answers = several(Answer)
    silence = fields.Boolean(metadata={"description": "Whether a round may declare silence to be consent"})
    objection_test = fields.String(validate=validate.OneOf([one.value for one in ObjectionTest]))
    fallbacks = several(Fallback)
    absent_hours = fields.Integer(strict=True, validate=validate.Range(min=0, max=2160))
    longest_term_days = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=1, max=3650))
    on_expiry = fields.String(validate=validate.OneOf([one.value for one in OnExpiry]))
