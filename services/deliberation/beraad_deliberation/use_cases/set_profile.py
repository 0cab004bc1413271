"""Set how a group decides, from its next decision on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.roster import KnownGroup
from beraad_deliberation.domain.group_profiles import GroupProfile
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.use_cases.group_profile import named_profile
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class SetProfile:
    """The whole profile and why; `expected_revision` is the one that was seen (0: none was set yet)."""

    group_id: UUID
    profile: DecisionProfile
    reason: str
    expected_revision: int


def set_profile(command: SetProfile, work: Work, now: datetime) -> GroupProfile:
    """What is under way keeps its own. Raises `NotAllowed`, `NotYetKnown`, `Stale`, `InvalidRequest`, `ExtraRoundIsNoWayOut`."""
    group = work.groups.get(command.group_id)
    authorize_mandating(group, work)
    before = work.group_profiles.current(group.group_id) or _none_yet(group, now)
    following = before.followed_by(
        command.profile, command.reason, work.actor.person_id, now, command.expected_revision
    )
    work.group_profiles.add(following)
    return following


def authorize_mandating(group: KnownGroup, work: Work) -> None:
    """Rules are set by who mandates the group: its approving body, or an administrator. Raises `NotAllowed`."""
    work.authorize("profile.read", group.group_id)
    body = group.approving_body_id
    work.authorize("profile.set", body or group.group_id, body is not None)


def _none_yet(group: KnownGroup, now: datetime) -> GroupProfile:
    named = named_profile(group)
    return GroupProfile(
        group_id=group.group_id, revision=0, profile=named, reason="", set_by=None, set_at=now
    )
