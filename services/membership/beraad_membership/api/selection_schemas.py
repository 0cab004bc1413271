"""The shapes of selections, reserve and vacancies in requests and answers."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.http import Answer, Body, ResourceAnswer, words
from beraad_membership.domain.selections import SelectionState


class SelectionBody(Body):
    """A draw to prepare.

    `randomness` announces where the seed will come from (a public lottery of a later day); it must not exist before `draws_at`.
    """

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry prepares once"})
    randomness = words(500, required=True)
    draws_at = fields.AwareDateTime(required=True)
    size = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=10_000),
        metadata={
            "description": "Seats in the end, those filled already included; the most the policy permits"
        },
    )


class DrawBody(Body):
    """What the announced source of randomness brought forth, such as `3-11-24-27-38-41`."""

    outcome = words(500, required=True)


class FailureAnswer(Answer):
    """Why a selection could not be prepared."""

    code = fields.String()
    detail = fields.String()


class SelectionSummary(Answer):
    """A selection in a list."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    state = fields.Enum(SelectionState, by_value=True)
    size = fields.Integer()
    progress = fields.Integer(metadata={"description": "Per mille of the work of preparing it"})
    randomness = fields.String()
    draws_at = fields.AwareDateTime()
    requested_by = fields.UUID(allow_none=True)
    requested_at = fields.AwareDateTime()
    commitment_sha256 = fields.String(allow_none=True)
    committed_at = fields.AwareDateTime(allow_none=True)
    drawn_at = fields.AwareDateTime(allow_none=True)
    failure = fields.Nested(FailureAnswer, allow_none=True)


class SelectionAnswer(SelectionSummary, ResourceAnswer):
    """A selection; if the caller is in its pool, how likely they are drawn, and what came of it."""

    my_chance_per_mille = fields.Integer(allow_none=True)
    i_was_drawn = fields.Boolean(allow_none=True)
    my_reserve_position = fields.Integer(allow_none=True)


class SelectionsAnswer(Answer):
    """A page of selections."""

    items = fields.List(fields.Nested(SelectionSummary))


class RequirementAnswer(Answer):
    """A quota that every panel keeps."""

    attribute = fields.String()
    value = fields.String()
    min = fields.Integer()
    max = fields.Integer()


class PooledAnswer(Answer):
    """Somebody of the pool under the id of their candidacy, or seated already under that of their seat."""

    id = fields.String()
    attributes = fields.List(fields.List(fields.String()))


class CommitmentAnswer(Answer):
    """What was frozen before the randomness existed; its SHA-256 was published (docs/selection.md)."""

    format = fields.String()
    group = fields.String()
    size = fields.Integer()
    requirements = fields.List(fields.Nested(RequirementAnswer))
    pool = fields.List(fields.Nested(PooledAnswer))
    seated = fields.List(fields.Nested(PooledAnswer))
    panels = fields.List(
        fields.List(fields.Integer()), metadata={"description": "Places in the pool, from 0"}
    )
    probabilities = fields.List(fields.Integer(), metadata={"description": "Per mille, for each of the pool"})
    randomness = fields.String()


class DrawAnswer(Answer):
    """What anyone can verify after the draw: `beraad verify FILE` (docs/selection.md)."""

    format = fields.String()
    commitment = fields.Nested(CommitmentAnswer)
    commitment_sha256 = fields.String()
    randomness = fields.String()
    seed = fields.String()
    number = fields.Integer()
    panel = fields.List(fields.String())
    reserve = fields.List(fields.String())


class ReserveEntry(Answer):
    """Somebody of the reserve."""

    position = fields.Integer()
    candidacy_id = fields.UUID()
    selection_id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    profile = fields.String()
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class ReserveAnswer(Answer):
    """A page of the reserve."""

    items = fields.List(fields.Nested(ReserveEntry))


class SkippedAnswer(Answer):
    """Who of the reserve was passed over, and the rule that kept them out."""

    candidacy_id = fields.UUID()
    position = fields.Integer()
    code = fields.String()
    reason = fields.String()


class BoundAnswer(Answer):
    """One side of a quota, such as client ≤ 4."""

    attribute = fields.String()
    value = fields.String()
    side = fields.String(validate=validate.OneOf(["min", "max"]))
    limit = fields.Integer()


class VacancyAnswer(Answer):
    """A seat that was left. `blocking`: an irreducible set of quotas that keeps everybody in the reserve out."""

    seat_id = fields.UUID()
    opened_at = fields.AwareDateTime()
    ends_on = fields.Date(allow_none=True)
    filled_by = fields.UUID(allow_none=True)
    filled_at = fields.AwareDateTime(allow_none=True)
    open = fields.Boolean(
        metadata={"description": "Somebody is wanted for it: nobody sits there, and the group has not ended"}
    )
    skipped = fields.List(fields.Nested(SkippedAnswer))
    blocking = fields.List(fields.Nested(BoundAnswer))


class VacanciesAnswer(Answer):
    """A page of vacancies."""

    items = fields.List(fields.Nested(VacancyAnswer))
