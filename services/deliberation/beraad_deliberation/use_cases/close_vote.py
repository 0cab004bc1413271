"""Close a majority vote: one idempotent path for the facilitator and for the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import RunState, refuse_early_close
from beraad_deliberation.domain.votes import Vote
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_vote_closed
from beraad_deliberation.use_cases.settle_verdict import settle_verdict


@dataclass(frozen=True)
class CloseVote:
    """`reason`: why it closes although not everybody voted before the deadline."""

    vote_id: UUID
    reason: str | None = None


@dataclass(frozen=True)
class CloseDueVote:
    """One vote whose deadline has passed, if there is one."""


def close_vote(command: CloseVote, work: Work, now: datetime) -> Vote:
    """Count and conclude. Closed already: no effect. Raises `RoundStillRuns`, `NotFound`."""
    proposal = work.proposals.of_vote(command.vote_id)
    work.authorize("vote.close", proposal.group_id)
    vote = work.votes.get(command.vote_id)
    if vote.state is RunState.OPEN:
        all_answered = work.votes.all_answered(vote.id)
        refuse_early_close(complete=all_answered, closes_at=vote.closes_at, reason=command.reason, now=now)
        _close(proposal, vote, command.reason, work, now)
    return vote


def close_due_vote(_command: CloseDueVote, work: Work, now: datetime) -> bool:
    """Close one whose deadline has passed; true if there was one."""
    proposal = work.proposals.with_due_vote(now)
    if proposal is None or proposal.vote_id is None:
        return False
    vote = work.votes.get(proposal.vote_id)
    if vote.state is RunState.OPEN and vote.closes_at <= now:
        _close(proposal, vote, None, work, now)
    return True


def _close(proposal: Proposal, vote: Vote, reason: str | None, work: Work, now: datetime) -> None:
    verdict, closed = vote.close(work.votes.count(vote.id), reason, now)
    work.publish(closed)
    tell_vote_closed(vote, verdict, work)
    settle_verdict(proposal, verdict, work, now)
