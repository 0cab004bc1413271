"""Freeze who is asked, from the roster as far as it is known to be complete."""

from __future__ import annotations

from uuid import UUID

from beraad.domain import ProjectionBehind
from beraad_deliberation.domain.rounds import Electorate
from beraad_deliberation.use_cases.ports import Work


def freeze_electorate(roll_id: UUID, group_id: UUID, override_reason: str | None, work: Work) -> Electorate:
    """Raises `ProjectionBehind` unless a reason to override it is given, `ElectorateIsTooSmall`."""
    behind = work.electorates.why_behind()
    if behind and not override_reason:
        raise ProjectionBehind(behind)
    electorate = work.electorates.freeze(roll_id, group_id)
    electorate.expect_enough()
    return electorate
