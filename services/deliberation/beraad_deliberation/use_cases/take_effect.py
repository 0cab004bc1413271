"""Let a decision take effect when its day comes, once; what it supersedes gives way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.decisions import GIVING_WAY, Decision, DecisionState
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.record.proposal_facts import decision_in_force, decision_superseded
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class TakeDueEffect:
    """One adopted decision whose day has come, if there is one."""


def take_due_effect(_command: TakeDueEffect, work: Work, now: datetime) -> bool:
    """True if there was one."""
    proposal = work.proposals.with_due_effect(now)
    if proposal is None or proposal.decision_id is None:
        return False
    decision = work.decisions.get(proposal.decision_id)
    if decision.state is DecisionState.ADOPTED:
        take_effect(proposal, decision, work)
    return True


def take_effect(proposal: Proposal, decision: Decision, work: Work) -> None:
    """From now on it binds, instead of the decision it supersedes."""
    work.publish(decision.take_effect(), proposal.follow(Stage.IN_FORCE))
    work.record.tell(decision.group_id, decision_in_force(decision.id))
    if decision.supersedes_id is not None:
        _supersede(decision.supersedes_id, decision.id, work)


def _supersede(earlier_id: UUID, decision_id: UUID, work: Work) -> None:
    proposal = work.proposals.of_decision(earlier_id)
    earlier = work.decisions.get(earlier_id)
    if earlier.state in GIVING_WAY:
        work.publish(earlier.give_way_to(decision_id), proposal.follow(Stage.SUPERSEDED))
        work.record.tell(earlier.group_id, decision_superseded(earlier.id, decision_id))
