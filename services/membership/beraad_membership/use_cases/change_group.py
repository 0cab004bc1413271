"""Change a group's aim, mandate or defaults; put another composition policy in force; end its mandate, asked to or on its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.domain.groups import Group
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.prepare_selection import give_up


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
    """The mandate ends today, all terms with it; a selection that is under way is cancelled."""

    group_id: UUID


@dataclass(frozen=True)
class EndMandates:
    """End a group whose mandate is over, if there is one."""


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
    end_mandate(group, work, now)
    return group


def end_mandates(_command: EndMandates, work: Work, now: datetime) -> bool:
    """End one group whose mandate is over; true if there was one. Once, however many workers."""
    group = work.groups.with_ended_mandate(now)
    if group is None:
        return False
    if group.mandate_is_over(group.day(now)):  # or it was just prolonged
        end_mandate(group, work, now)
    return True


def end_mandate(group: Group, work: Work, now: datetime) -> None:
    """End it on its day, or today where that comes first; nobody stands in it any more. Raises `GroupHasEnded`."""
    for selection in work.selections.running(group.id):
        give_up(selection, group, work, group_ends=True)
    work.publish(*group.end(group.day(now)))
    for candidacy in work.candidacies.hold_standing_in(group.id):
        work.publish(candidacy.withdraw(now))
