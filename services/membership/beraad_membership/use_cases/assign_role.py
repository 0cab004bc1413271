"""Give a person a role in a group, or take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad_membership.domain.groups import Group
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class AssignRole:
    """`role`: facilitator, board_link, secretary, observer, expert or guest."""

    group_id: UUID
    person_id: UUID
    role: str


@dataclass(frozen=True)
class WithdrawRole(AssignRole):
    """The role to take back."""


def assign_role(command: AssignRole, work: Work, _now: datetime) -> Group:
    """The same however often it is asked. Raises `GroupHasEnded`, `NotFound`, `InvalidRequest`."""
    work.authorize("role.assign", command.group_id)
    group = work.groups.get(command.group_id)
    if not work.people.known([command.person_id]):
        raise InvalidRequest("there is no such person", pointer="/person_id")
    work.publish(*group.assign_role(command.person_id, command.role))
    return group


def withdraw_role(command: WithdrawRole, work: Work, _now: datetime) -> Group:
    """Raises `NotFound` where the person has no such role."""
    work.authorize("role.withdraw", command.group_id)
    group = work.groups.get(command.group_id)
    work.publish(*group.withdraw_role(command.person_id, command.role))
    return group
