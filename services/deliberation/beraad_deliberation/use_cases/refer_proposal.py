"""Let the approving body decide what the group could not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.settle_verdict import settle_verdict


@dataclass(frozen=True)
class ReferProposal:
    """Which deadlocked proposal."""

    proposal_id: UUID


def refer_proposal(command: ReferProposal, work: Work, now: datetime) -> Proposal:
    """Raises `WrongStage`, `FallbackIsNotPermitted`, `NobodyToReferTo`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.refer", proposal.group_id)
    settle_verdict(proposal, proposal.refer(), work, now)
    return proposal
