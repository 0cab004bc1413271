"""Move a proposal between the phases before a round, by hand and with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class MoveProposal:
    """Where to, and why."""

    proposal_id: UUID
    stage: Stage
    reason: str


def move_proposal(command: MoveProposal, work: Work, now: datetime) -> Proposal:
    """Raises `WrongStage`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.move", proposal.group_id)
    before = proposal.stage
    work.publish(proposal.move(command.stage))
    work.proposals.note_move(proposal.id, before, command.stage, command.reason, now)
    return proposal
