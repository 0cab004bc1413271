"""Change a group's aim, mandate or defaults; put another composition policy in force; end its mandate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.domain.groups import Group
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class UpdateGroup:
    """`changes` by field name."""

    group_id: UUID
    changes: dict[str, Any]
    expected_revision: int


@dataclass(frozen=True)
class ChangePolicy:
    """The policy that shall be in force."""

    group_id: UUID
    policy: CompositionPolicy
    expected_revision: int


@dataclass(frozen=True)
class EndGroup:
    """The mandate ends today; a selection that is under way is cancelled with it."""

    group_id: UUID


def update_group(command: UpdateGroup, work: Work, _now: datetime) -> Group:
    """Raises `Stale`, `NotFound`, `InvalidRequest`."""
    work.authorize("group.update", command.group_id)
    group = work.groups.get(command.group_id)
    work.publish(*group.update(command.changes, command.expected_revision))
    return group


def change_policy(command: ChangePolicy, work: Work, _now: datetime) -> Group:
    """Raises `Stale`, `NotFound`."""
    work.authorize("policy.change", command.group_id)
    group = work.groups.get(command.group_id)
    work.publish(*group.change_policy(command.policy, command.expected_revision))
    return group


def end_group(command: EndGroup, work: Work, now: datetime) -> Group:
    """Raises `GroupHasEnded`, `NotFound`."""
    work.authorize("group.end", command.group_id)
    group = work.groups.get(command.group_id)
    work.publish(*group.end(group.day(now)))
    for selection in work.selections.running(group.id):
        selection.cancel()
    return group
