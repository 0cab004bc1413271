"""Conclude by the electors' opinions whether an objection qualifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.reconsider_round import reconsider_round


@dataclass(frozen=True)
class ConcludeObjectionTest:
    """Which objection."""

    objection_id: UUID


def conclude_objection_test(command: ConcludeObjectionTest, work: Work, now: datetime) -> Objection:
    """Raises `ObjectionIsSettled`, `NotFound`."""
    proposal = work.proposals.of_objection(command.objection_id)
    work.authorize("objection.test", proposal.group_id)
    objection = work.objections.get(command.objection_id)
    work.publish(*objection.conclude_test(work.objections.opinions(objection.id), now))
    reconsider_round(proposal, work, now)
    return objection
