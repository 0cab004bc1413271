"""Let the approving body decide what the group could not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.record.proposal_facts import proposal_referred
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
    verdict = proposal.refer()
    text = work.record.version(proposal)
    referred = proposal_referred(proposal.id, proposal.version, text=text, after=proposal.round_id)
    work.record.tell(proposal.group_id, referred)
    settle_verdict(proposal, verdict, work, now)
    return proposal
