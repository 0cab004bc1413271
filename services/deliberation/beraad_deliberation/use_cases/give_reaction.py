"""React to a proposal, once, or pass. The last to react lets the proposal go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_deliberation.domain.questions import Reaction
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.use_cases.move_proposal import end_phase, phase_is_finished
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class GiveReaction:
    """What the caller says, if anything."""

    proposal_id: UUID
    text: str
    passes: bool = False


def give_reaction(command: GiveReaction, work: Work, now: datetime) -> Reaction:
    """Raises `WrongStage`, `ReactionNeedsWords`, `AlreadyReacted` (by the database), `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("reaction.give", proposal.group_id)
    expect_possible("reaction.give", proposal.stage)
    reaction = Reaction(
        id=new_id(),
        proposal_id=proposal.id,
        group_id=proposal.group_id,
        person_id=work.actor.person,
        text=command.text,
        passes=command.passes,
        given_at=now,
    )
    work.questions.add(reaction)
    if phase_is_finished(proposal, work):
        end_phase(proposal, "EverybodyReacted", work, now)
    return reaction
