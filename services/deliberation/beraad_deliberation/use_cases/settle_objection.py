"""What an objector does about their objection besides withdrawing it: confirm that it is answered, or let it go on in another's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import NotAnObjectionToThis, Objection, ObjectionIsSettled
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.reconsider_round import reconsider_round
from beraad_deliberation.use_cases.recording import tell_ended


@dataclass(frozen=True)
class ConfirmIntegration:
    """Which objection the new version answers."""

    objection_id: UUID


@dataclass(frozen=True)
class MergeObjection:
    """Which objection goes on in which other."""

    objection_id: UUID
    into_id: UUID


def confirm_integration(command: ConfirmIntegration, work: Work, now: datetime) -> Objection:
    """Raises `ObjectionIsNotIntegrated`, `ObjectionIsSettled`, `NotAllowed`, `NotFound`."""
    proposal, objection = _mine(command.objection_id, work)
    work.publish(*objection.confirm(now))
    tell_ended(objection, work)
    reconsider_round(proposal, work, now)
    return objection


def merge_objection(command: MergeObjection, work: Work, now: datetime) -> Objection:
    """Raises `NotAnObjectionToThis`, `ObjectionIsSettled`, `NotAllowed`, `NotFound`."""
    _, objection = _mine(command.objection_id, work)
    if objection.state is ObjectionState.MERGED:  # whoever ends the other locks this one after it
        raise ObjectionIsSettled(f"it is {objection.state}", state=objection.state)
    try:
        other = work.objections.get(command.into_id)
    except NotFound:
        raise NotAnObjectionToThis from None
    work.publish(*objection.merge_into(other, now))
    tell_ended(objection, work)
    return objection


def _mine(objection_id: UUID, work: Work) -> tuple[Proposal, Objection]:
    proposal = work.proposals.of_objection(objection_id)
    objection = work.objections.get(objection_id)
    work.authorize("objection.withdraw", proposal.group_id, objection.objector_id)
    return proposal, objection
