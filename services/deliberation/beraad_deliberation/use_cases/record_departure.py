"""Somebody left a group: out of the denominator of what runs; their objections are orphaned, or stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.record.proposal_facts import objection_orphaned
from beraad_deliberation.use_cases.end_objection import end_objection
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.reconsider_round import reconsider_round
from beraad_deliberation.use_cases.recording import tell_electorate


@dataclass(frozen=True)
class RecordDeparture:
    """Who left which group and why: resigned, removed, term_ended, erased."""

    person_id: UUID
    group_id: UUID
    reason: str


@dataclass(frozen=True)
class LapseOrphan:
    """The orphaned objections of one proposal that nobody adopted within 72 hours, if there is one."""


def record_departure(command: RecordDeparture, work: Work, now: datetime) -> None:
    """A person removed against their will keeps their objections standing until they are tested."""
    for roll_id in work.electorates.depart(command.person_id, command.group_id, command.reason, now):
        tell_electorate(command.group_id, roll_id, command.person_id, "departed", command.reason, work)
    if command.reason == "removed":
        return
    for objection in work.objections.open_by(command.person_id, command.group_id):
        if objection.state is not ObjectionState.ORPHANED:
            objection.orphan(now)
            work.record.tell(objection.group_id, objection_orphaned(objection))


def lapse_orphan(_command: LapseOrphan, work: Work, now: datetime) -> bool:
    """True if there was one."""
    proposal = work.proposals.with_lapsing_objection(now)
    if proposal is None:
        return False
    for objection in work.objections.open_of(proposal.id):
        if objection.orphaned_until is not None and objection.orphaned_until <= now:
            end_objection(objection, ObjectionState.LAPSED, work, now)
    reconsider_round(proposal, work, now)
    return True
