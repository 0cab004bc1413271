"""Find whether an objection qualifies: by the electors' opinions, or by the facilitator's ruling, as the profile says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.profiles import ObjectionTest
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.record.proposal_facts import (
    objection_appealed,
    objection_tested,
    objection_testing,
)
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.reconsider_round import reconsider_round


@dataclass(frozen=True)
class ConcludeObjectionTest:
    """Which objection."""

    objection_id: UUID


@dataclass(frozen=True)
class RuleOnObjection:
    """What the facilitator finds of it, and why."""

    objection_id: UUID
    qualifies: bool
    reason: str


@dataclass(frozen=True)
class AppealRuling:
    """Which objection's ruling."""

    objection_id: UUID


@dataclass(frozen=True)
class LetRulingStand:
    """One ruling nobody appealed within its time, if there is one."""


def test_of(proposal: Proposal) -> ObjectionTest:
    """How objections to it are tested. Whoever objects has a round to object in, so the profile is frozen."""
    return proposal.profile.objection_test if proposal.profile else ObjectionTest.GROUP


def conclude_objection_test(command: ConcludeObjectionTest, work: Work, now: datetime) -> Objection:
    """Raises `ObjectionIsSettled`, `ObjectionIsNotTestedSo`, `ObjectionIsOrphaned`, `NotFound`."""
    proposal = work.proposals.of_objection(command.objection_id)
    work.authorize("objection.test", proposal.group_id)
    objection = work.objections.get(command.objection_id)
    opinions = work.objections.opinions(objection.id)
    work.publish(*objection.conclude_test(opinions, test_of(proposal), now, proposal.proposer_ids))
    counted = objection.of_others(opinions, proposal.proposer_ids)
    work.record.tell(objection.group_id, objection_tested(objection, counted))
    reconsider_round(proposal, work, now)
    return objection


def rule_on_objection(command: RuleOnObjection, work: Work, now: datetime) -> Objection:
    """Raises `ObjectorAndProposerDoNotRule`, `ObjectionIsNotTestedSo`, `ObjectionIsSettled`, `NotFound`."""
    proposal = work.proposals.of_objection(command.objection_id)
    work.authorize("objection.test", proposal.group_id)
    objection = work.objections.get(command.objection_id)
    ruled = objection.rule(
        work.actor.person_id,
        proposal.proposer_ids,
        test_of(proposal),
        command.reason,
        now,
        valid=command.qualifies,
    )
    work.publish(*ruled)
    if command.qualifies:
        fact = objection_tested(objection, [])
    else:
        ruling = work.record.text(command.reason)
        fact = objection_testing(objection, ruling=ruling)
    work.record.tell(objection.group_id, fact)
    return objection


def appeal_ruling(command: AppealRuling, work: Work, now: datetime) -> Objection:
    """Let the group test it instead. Raises `NoRulingToAppeal`, `NotAllowed`, `NotFound`."""
    proposal = work.proposals.of_objection(command.objection_id)
    objection = work.objections.get(command.objection_id)
    work.authorize("objection.appeal", proposal.group_id, objection.objector_id)
    objection.appeal(now)
    work.record.tell(objection.group_id, objection_appealed(objection))
    return objection


def let_ruling_stand(_command: LetRulingStand, work: Work, now: datetime) -> bool:
    """True if there was one."""
    proposal = work.proposals.with_standing_ruling(now)
    if proposal is None:
        return False
    for objection in work.objections.open_of(proposal.id):
        if objection.appealable_until is not None and objection.appealable_until <= now:
            work.publish(*objection.let_ruling_stand(now))
            work.record.tell(objection.group_id, objection_tested(objection, []))
    reconsider_round(proposal, work, now)
    return True
