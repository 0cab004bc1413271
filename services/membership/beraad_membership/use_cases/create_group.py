"""Create a group: the assembly, the Board, or (by decision) working groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.domain.groups import Group
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class CreateGroup:
    """The mandate is `[starts_on, ends_on)` in the group's zone."""

    kind: str
    name: str
    starts_on: date
    ends_on: date | None = None
    theme: str = ""
    aim: str = ""
    deliverables: str = ""
    time_zone: str = "Europe/Brussels"
    approving_body_id: UUID | None = None
    decision_id: UUID | None = None
    decision_profile: str = "consent"
    policy: CompositionPolicy = field(default_factory=CompositionPolicy)
    id: UUID = field(default_factory=new_id)


def create_group(command: CreateGroup, work: Work, _now: datetime) -> Group:
    """Raises `InvalidRequest` for a mandate or approving body that cannot be."""
    work.authorize("group.create")
    return add_group(command, work)


def add_group(command: CreateGroup, work: Work) -> Group:
    """Create without asking again who may (a decision in force asked already)."""
    body = command.approving_body_id
    if body is not None and not work.groups.exists(body):
        raise InvalidRequest("there is no such approving body", pointer="/approving_body_id")
    group = Group(**vars(command))
    work.groups.add(group)
    work.publish(*group.created())
    return group
