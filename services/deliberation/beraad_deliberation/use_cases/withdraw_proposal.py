"""Take a proposal back: unless somebody takes it over within 24 hours. A round that runs over it then ends without a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.stages import Stage, expect_possible
from beraad_deliberation.use_cases.edit_text import let_amendments_go_stale
from beraad_deliberation.use_cases.hear_round import hear_round
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_abandoned, tell_proposers


@dataclass(frozen=True)
class WithdrawProposal:
    """Which proposal."""

    proposal_id: UUID


@dataclass(frozen=True)
class TakeOverProposal:
    """Which proposal the caller proposes from now on."""

    proposal_id: UUID


@dataclass(frozen=True)
class EndWithdrawn:
    """One proposal that nobody took over in time, if there is one."""


def withdraw_proposal(command: WithdrawProposal, work: Work, now: datetime) -> Proposal:
    """Raises `WrongStage`, `FallbackIsNotPermitted`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.withdraw", proposal.group_id, proposal.proposer_ids)
    withdrawn = proposal.withdraw(now)
    if withdrawn is not None:
        work.publish(withdrawn)
    return proposal


def take_over_proposal(command: TakeOverProposal, work: Work, now: datetime) -> Proposal:
    """Raises `NobodyWithdraws`, `WrongStage`, `NotAllowed`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.take_over", proposal.group_id)
    expect_possible("proposal.take_over", proposal.stage)
    before = [*proposal.proposer_ids]
    work.publish(proposal.take_over(work.actor.person, now))
    tell_proposers(proposal, before, work)
    return proposal


def end_withdrawn(_command: EndWithdrawn, work: Work, now: datetime) -> bool:
    """True if there was one."""
    proposal = work.proposals.withdrawn_unless_taken_over(now)
    if proposal is None:
        return False
    running = proposal.round_id if proposal.stage is Stage.CONSENT_ROUND else None
    work.publish(proposal.end_withdrawn())
    let_amendments_go_stale(proposal, work, now)
    if running is not None:
        consent_round = work.rounds.get(running)
        heard = hear_round(proposal, consent_round, work.rounds, work.objections)
        work.publish(consent_round.abandon(heard, "ProposalWithdrawn", now))
        tell_abandoned(consent_round, heard, "ProposalWithdrawn", work)
    return True
