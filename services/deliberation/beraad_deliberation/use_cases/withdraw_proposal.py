"""Take a proposal back. A round that runs over it ends without a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.use_cases.edit_text import let_amendments_go_stale
from beraad_deliberation.use_cases.hear_round import hear_round
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class WithdrawProposal:
    """Which proposal."""

    proposal_id: UUID


def withdraw_proposal(command: WithdrawProposal, work: Work, now: datetime) -> Proposal:
    """Raises `WrongStage`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.withdraw", proposal.group_id, proposal.proposer_ids)
    running = proposal.round_id if proposal.stage is Stage.CONSENT_ROUND else None
    work.publish(proposal.withdraw())
    let_amendments_go_stale(proposal, work, now)
    if running is not None:
        consent_round = work.rounds.get(running)
        heard = hear_round(proposal, consent_round, work.rounds, work.objections)
        work.publish(consent_round.abandon(heard, "ProposalWithdrawn", now))
    return proposal
