"""Say whether an objection qualifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.responding import NotEntitledToRespond
from beraad_deliberation.record.proposal_facts import objection_testing
from beraad_deliberation.use_cases.conclude_objection_test import test_of
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class GiveOpinion:
    """The caller's opinion, with a reason."""

    objection_id: UUID
    qualifies: bool
    reason: str


def give_opinion(command: GiveOpinion, work: Work, now: datetime) -> Objection:
    """Raises `ObjectorAndProposerDoNotRule`, `NotEntitledToRespond`, `ObjectionIsSettled`, `ObjectionIsNotTestedSo`, `NotFound`."""
    proposal = work.proposals.of_objection(command.objection_id)
    work.authorize("objection.opine", proposal.group_id)
    objection = work.objections.get(command.objection_id)
    me = work.actor.person
    if not work.electorates.includes(objection.round_id, me):
        raise NotEntitledToRespond
    before = objection.state
    objection.hear_opinion(me, proposal.proposer_ids, test_of(proposal))
    if objection.state is not before:
        work.record.tell(objection.group_id, objection_testing(objection))
    work.objections.put_opinion(objection.id, me, command.qualifies, command.reason, now)
    return objection
