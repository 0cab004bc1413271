"""Groups: mandate, composition policy, seats, roles, candidacies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from beraad.contracts.membership import GROUP_KINDS, ROLES
from beraad.http import Blueprint, PageQuery, act, if_match, located, look, requires
from beraad_membership.api import group_schemas as shape
from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.queries.groups import list_candidacies, list_groups, list_seats, one_group
from beraad_membership.use_cases.appoint_seats import Appointee, AppointSeats, appoint_seats
from beraad_membership.use_cases.assign_role import AssignRole, WithdrawRole, assign_role, withdraw_role
from beraad_membership.use_cases.change_group import (
    ChangePolicy,
    EndGroup,
    UpdateGroup,
    change_policy,
    end_group,
    update_group,
)
from beraad_membership.use_cases.create_group import CreateGroup, create_group
from beraad_membership.use_cases.submit_candidacy import (
    SubmitCandidacy,
    WithdrawCandidacy,
    submit_candidacy,
    withdraw_candidacy,
)
from beraad_membership.use_cases.vacate_seat import VacateSeat, vacate_seat

blueprint = Blueprint("groups", __name__, url_prefix="/v1", description="Groups and who sits in them")


class GroupsQuery(PageQuery):
    """Filters."""

    kind = fields.String(load_default=None, validate=validate.OneOf(GROUP_KINDS))
    decision_id = fields.UUID(load_default=None)


@blueprint.post("/groups")
@requires("group.create")
@blueprint.arguments(shape.GroupBody)
@blueprint.response(201, shape.GroupAnswer)
def post_group(body: dict[str, Any]) -> dict[str, Any]:
    """Create a group."""
    policy = CompositionPolicy.from_document(body.pop("policy", {}), "/policy")
    group = act(create_group, CreateGroup(policy=policy, **body))
    located(f"/v1/groups/{group.id}")
    return look(one_group, group.id)


@blueprint.get("/groups")
@requires("group.list")
@blueprint.arguments(GroupsQuery, location="query")
@blueprint.response(200, shape.GroupsAnswer)
def get_groups(query: dict[str, Any]) -> dict[str, Any]:
    """Groups, oldest first."""
    return {"items": look(list_groups, **query)}


@blueprint.get("/groups/<uuid:group_id>")
@requires("group.read")
@blueprint.response(200, shape.GroupAnswer)
def get_group(group_id: UUID) -> dict[str, Any]:
    """A group with its policy, roles and health."""
    return look(one_group, group_id)


@blueprint.patch("/groups/<uuid:group_id>")
@requires("group.update")
@blueprint.arguments(shape.GroupChanges)
@blueprint.response(200, shape.GroupAnswer)
def patch_group(changes: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Change aim, mandate or defaults (If-Match required)."""
    act(update_group, UpdateGroup(group_id, changes, if_match()))
    return look(one_group, group_id)


@blueprint.put("/groups/<uuid:group_id>/policy")
@requires("policy.change")
@blueprint.arguments(shape.PolicyBody)
@blueprint.response(200, shape.GroupAnswer)
def put_policy(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Put another composition policy in force (If-Match required)."""
    act(change_policy, ChangePolicy(group_id, CompositionPolicy.from_document(body), if_match()))
    return look(one_group, group_id)


@blueprint.post("/groups/<uuid:group_id>/end")
@requires("group.end")
@blueprint.response(200, shape.GroupAnswer)
def post_group_end(group_id: UUID) -> dict[str, Any]:
    """End the group's mandate: its terms and roles with it, and a draw that is under way."""
    act(end_group, EndGroup(group_id))
    return look(one_group, group_id)


@blueprint.post("/groups/<uuid:group_id>/seats")
@requires("seat.appoint")
@blueprint.arguments(shape.AppointmentBody)
@blueprint.response(201, shape.GroupAnswer)
def post_seats(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Appoint people to seats, all or none."""
    appointees = tuple(Appointee(**appointee) for appointee in body.pop("appointees"))
    act(appoint_seats, AppointSeats(group_id, appointees, **body))
    return look(one_group, group_id)


@blueprint.get("/groups/<uuid:group_id>/seats")
@requires("seat.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.SeatsAnswer)
def get_seats(query: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Who sits in the group."""
    return {"items": look(list_seats, group_id, **query)}


@blueprint.delete("/groups/<uuid:group_id>/seats/<uuid:seat_id>")
@requires("seat.vacate")
@blueprint.response(200, shape.GroupAnswer)
def delete_seat(group_id: UUID, seat_id: UUID) -> dict[str, Any]:
    """Resign, or remove somebody."""
    act(vacate_seat, VacateSeat(group_id, seat_id))
    return look(one_group, group_id)


@blueprint.put(
    "/groups/<uuid:group_id>/roles/<any({roles}):role>/<uuid:person_id>".format(roles=", ".join(ROLES))
)
@requires("role.assign")
@blueprint.response(200, shape.GroupAnswer)
def put_role(group_id: UUID, role: str, person_id: UUID) -> dict[str, Any]:
    """Give a person a role in the group."""
    act(assign_role, AssignRole(group_id, person_id, role))
    return look(one_group, group_id)


@blueprint.delete(
    "/groups/<uuid:group_id>/roles/<any({roles}):role>/<uuid:person_id>".format(roles=", ".join(ROLES))
)
@requires("role.withdraw")
@blueprint.response(200, shape.GroupAnswer)
def delete_role(group_id: UUID, role: str, person_id: UUID) -> dict[str, Any]:
    """Take a role back."""
    act(withdraw_role, WithdrawRole(group_id, person_id, role))
    return look(one_group, group_id)


@blueprint.post("/groups/<uuid:group_id>/candidacies")
@requires("candidacy.submit")
@blueprint.arguments(shape.CandidacyBody)
@blueprint.response(201, shape.CandidacySubmittedAnswer)
def post_candidacy(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Stand for a seat."""
    candidacy = act(submit_candidacy, SubmitCandidacy(group_id=group_id, **body))
    located(f"/v1/candidacies/{candidacy.id}")
    return {"id": candidacy.id, "revision": candidacy.revision}


@blueprint.get("/groups/<uuid:group_id>/candidacies")
@requires("candidacy.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.CandidaciesAnswer)
def get_candidacies(query: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Who stands for a seat."""
    return {"items": look(list_candidacies, group_id, **query)}


@blueprint.delete("/candidacies/<uuid:candidacy_id>")
@requires("candidacy.withdraw")
@blueprint.response(204)
def delete_candidacy(candidacy_id: UUID) -> Response:
    """Stand no more."""
    act(withdraw_candidacy, WithdrawCandidacy(candidacy_id))
    return Response(status=204)
