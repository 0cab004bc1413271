"""How a group decides: its own profile where one was set, else the preset membership names."""

from __future__ import annotations

from beraad.roster import KnownGroup
from beraad_deliberation.domain.profiles import DecisionProfile, preset
from beraad_deliberation.use_cases.ports import GroupProfiles


def profile_of(group: KnownGroup, profiles: GroupProfiles) -> DecisionProfile:
    """As it stands now; a proposal keeps the one it had when its first round or vote opened."""
    own = profiles.current(group.group_id)
    chosen = own.profile if own is not None else named_profile(group)
    return chosen.for_approval_by(group.approving_body_id)


def named_profile(group: KnownGroup) -> DecisionProfile:
    """The preset. An assembly that names no way of voting decides by majority."""
    chosen = preset(group.decision_profile)
    return preset("majority") if group.kind == "assembly" and not chosen.by_vote else chosen
