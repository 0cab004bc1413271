"""Can this group be composed? Of any policy and pool, and of a group with its candidates; and how a group stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, look, requires, tag_by_content
from beraad_membership.api.group_schemas import PROFILE, HealthAnswer, PolicyBody, attributes
from beraad_membership.api.selection_schemas import BoundAnswer
from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.domain.requirements import Candidate, CompositionTask
from beraad_membership.queries.feasibility import check_composition, feasibility_of
from beraad_membership.queries.groups import health_of

blueprint = Blueprint(
    "compositions", __name__, url_prefix="/v1", description="Whether a group can be composed"
)
MOST = 5_000


class PooledBody(Body):
    """Somebody who could be seated, or is: any name for them, and what they are counted as (`profile` among the attributes)."""

    id = fields.String(required=True, validate=PROFILE)
    attributes = attributes()


class CheckBody(Body):
    """A policy, who is there, and who sits in the group in any case."""

    policy = fields.Nested(PolicyBody, required=True)
    pool = fields.List(fields.Nested(PooledBody), required=True, validate=validate.Length(max=MOST))
    seated = fields.List(fields.Nested(PooledBody), load_default=[], validate=validate.Length(max=MOST))


class BlockingAnswer(BoundAnswer):
    """A bound that cannot be kept together with the others of its set.

    `available`: how many there are; `reachable`: how many it could be if the set's others are kept.
    """

    available = fields.Integer()
    reachable = fields.Integer()


class RepairAnswer(BoundAnswer):
    """Changing this one bound to `to`, and nothing else, makes it possible."""

    to = fields.Integer()


class FeasibilityAnswer(Answer):
    """The sizes that can be filled, or why none can: irreducible sets of bounds, every single change that would help.

    `hindrance`: `pool_too_small` or `too_many_seated`, where no quota is to blame. `nearest_sizes`: the next smaller and larger
    size that all quotas allow.
    """

    feasible = fields.Boolean()
    sizes = fields.List(fields.Integer())
    hindrance = fields.String(allow_none=True)
    blocking_sets = fields.List(fields.List(fields.Nested(BlockingAnswer)))
    repairs = fields.List(fields.Nested(RepairAnswer))
    nearest_sizes = fields.List(fields.Integer())


class LeftOutAnswer(Answer):
    """A candidacy that is not in the pool, and the rule that keeps it out."""

    candidacy_id = fields.UUID()
    code = fields.String()
    reason = fields.String()


class GroupFeasibilityAnswer(FeasibilityAnswer):
    """The same of a group, with its candidates."""

    candidates = fields.Integer()
    left_out = fields.List(fields.Nested(LeftOutAnswer))


class EndingAnswer(Answer):
    """A term that ends soon."""

    seat_id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    ends_on = fields.Date()


class GroupHealthAnswer(HealthAnswer):
    """How a group stands: each quota, coordinators that are missing, terms that end soon, seats that were left."""

    terms_ending = fields.List(fields.Nested(EndingAnswer))
    vacancies = fields.Integer()


@blueprint.post("/composition-checks")
@requires("composition.check")
@blueprint.arguments(CheckBody)
@blueprint.response(200, FeasibilityAnswer)
def post_check(body: dict[str, Any]) -> dict[str, Any]:
    """Whether a group can be composed from a pool; nothing is kept."""
    policy = CompositionPolicy.from_document(body["policy"], "/policy")
    people = [tuple(Candidate(**one) for one in body[name]) for name in ("pool", "seated")]
    task = CompositionTask(policy.size_min, policy.size_max, policy.requirements, *people)
    return look(check_composition, task)


@blueprint.get("/groups/<uuid:group_id>/feasibility")
@requires("feasibility.read")
@blueprint.response(200, GroupFeasibilityAnswer)
def get_feasibility(group_id: UUID) -> dict[str, Any]:
    """Whether the group can be completed from those who stand for it."""
    return look(feasibility_of, group_id)


@blueprint.get("/groups/<uuid:group_id>/health")
@requires("group.read")
@blueprint.response(200, GroupHealthAnswer)
def get_health(group_id: UUID) -> dict[str, Any] | Response:
    """How the group stands against its policy, now."""
    health = look(health_of, group_id)
    tag_by_content()
    return health
