"""Make an objection one's own whose objector left the group, within 72 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objections import AlreadyObjects, Objection
from beraad_deliberation.domain.responding import Answer, NotEntitledToRespond
from beraad_deliberation.record.proposal_facts import objection_adopted
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class AdoptObjection:
    """Which objection."""

    objection_id: UUID


def adopt_objection(command: AdoptObjection, work: Work, now: datetime) -> Objection:
    """While its round runs, the adopter objects from now on.

    Raises `ObjectionIsNotOrphaned`, `AlreadyObjects`, `NotEntitledToRespond`, `NotFound`.
    """
    proposal = work.proposals.of_objection(command.objection_id)
    work.authorize("objection.adopt", proposal.group_id)
    me = work.actor.person
    round_id, _ = work.objections.origin(command.objection_id)
    consent_round = work.rounds.get_for_response(round_id)
    objection = work.objections.get(command.objection_id)
    if not work.electorates.includes(round_id, me):
        raise NotEntitledToRespond
    if work.objections.raised_in(round_id, me) is not None:
        raise AlreadyObjects
    objection.adopt(me, now)
    elector = work.record.person(objection.group_id, me)
    work.record.tell(objection.group_id, objection_adopted(objection, elector=elector))
    if consent_round.runs(now):
        work.rounds.put_response(consent_round, me, Answer.OBJECT, None, now)
    return objection
