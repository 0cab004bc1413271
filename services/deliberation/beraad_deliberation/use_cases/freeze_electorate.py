"""Freeze who is asked, from the roster as far as it is known to be complete."""

from __future__ import annotations

from uuid import UUID

from beraad.domain import ProjectionBehind
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import Electorate
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import is_recorded


def freeze_electorate(
    roll_id: UUID, proposal: Proposal, before: UUID | None, override_reason: str | None, work: Work
) -> Electorate:
    """Of a round or vote over that proposal, after the round `before`. Raises `ProjectionBehind` unless a reason to override it is given, `ElectorateIsTooSmall`."""
    behind = work.electorates.why_behind()
    if behind and not override_reason:
        raise ProjectionBehind(behind)
    recorded = is_recorded(proposal, before, work)
    electorate = work.electorates.freeze(roll_id, proposal.group_id, recorded=recorded)
    electorate.expect_enough()
    return electorate
