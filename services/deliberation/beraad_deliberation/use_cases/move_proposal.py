"""Move a proposal between the phases before a round: by hand, or because the phase is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.profiles import PHASES
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.use_cases.group_profile import profile_of
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class MoveProposal:
    """Where to; and why, while somebody still has something to say."""

    proposal_id: UUID
    stage: Stage
    reason: str | None = None


@dataclass(frozen=True)
class EndDuePhase:
    """One proposal whose phase has had its time, if there is one."""


def move_proposal(command: MoveProposal, work: Work, now: datetime) -> Proposal:
    """Raises `WrongStage`, `PhaseIsNotUsed`, `MoveNeedsReason`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.move", proposal.group_id)
    before = proposal.stage
    profile = profile_of(work.groups.get(proposal.group_id), work.group_profiles)
    finished = phase_is_finished(proposal, work)
    moved = proposal.move(command.stage, profile, now, finished=finished, reason=command.reason)
    work.publish(moved)
    reason = command.reason or "NothingMoreToSay"
    work.proposals.note_move(proposal.id, before, command.stage, reason, now)
    return proposal


def end_due_phase(_command: EndDuePhase, work: Work, now: datetime) -> bool:
    """True if there was one."""
    proposal = work.proposals.with_ended_phase(now)
    if proposal is None:
        return False
    end_phase(proposal, "TimeBoxOver", work, now)
    return True


def end_phase(proposal: Proposal, reason: str, work: Work, now: datetime) -> None:
    """Go on to the next phase the group uses."""
    before = proposal.stage
    work.publish(proposal.end_phase(profile_of(work.groups.get(proposal.group_id), work.group_profiles), now))
    work.proposals.note_move(proposal.id, before, proposal.stage, reason, now)


def phase_is_finished(proposal: Proposal, work: Work) -> bool:
    """All questions are answered, everybody has reacted; where there is no such phase, nothing is missing."""
    if proposal.stage not in PHASES:
        return True
    if proposal.stage is Stage.CLARIFYING:
        return not work.questions.unanswered(proposal.id)
    return work.questions.all_reacted(proposal.id, proposal.group_id)
