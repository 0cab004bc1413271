"""A decision comes up for review; the review keeps it, drops it, or lets a new proposal evolve it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from beraad_deliberation.domain.days import local_day, start_of
from beraad_deliberation.domain.decisions import STANDING, Decision, DecisionState, ReviewOutcome
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.record.proposal_facts import (
    decision_expired,
    decision_reviewed,
    decision_under_review,
)
from beraad_deliberation.use_cases.open_proposal import REVIEWED_AFTER
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.settle_verdict import Term, term_of


@dataclass(frozen=True)
class ReviewDecision:
    """What the review finds, and when it is looked at again (a year on where not named; within the longest term)."""

    decision_id: UUID
    outcome: ReviewOutcome
    note: str
    next_review_on: date | None = None


@dataclass(frozen=True)
class CallDueReview:
    """One decision whose review date is here, if there is one."""


@dataclass(frozen=True)
class ExpireDecision:
    """One decision whose longest term is over, if there is one."""


def call_due_review(_command: CallDueReview, work: Work, now: datetime) -> bool:
    """Put it under review, once. True if there was one."""
    proposal = work.proposals.with_due_review(now)
    if proposal is None or proposal.decision_id is None:
        return False
    decision = work.decisions.get(proposal.decision_id)
    if decision.state is DecisionState.IN_FORCE:
        work.publish(decision.come_up_for_review(), proposal.follow(Stage.UNDER_REVIEW))
        work.record.tell(decision.group_id, decision_under_review(decision.id))
    return True


def expire_decision(_command: ExpireDecision, work: Work, now: datetime) -> bool:
    """End it, once. True if there was one."""
    proposal = work.proposals.with_expiring_decision(now)
    if proposal is None or proposal.decision_id is None:
        return False
    decision = work.decisions.get(proposal.decision_id)
    if decision.state in STANDING:
        decision.expire()
        work.record.tell(decision.group_id, decision_expired(decision.id))
        work.publish(proposal.follow(Stage.EXPIRED))
    return True


def review_decision(command: ReviewDecision, work: Work, now: datetime) -> Decision:
    """Raises `DecisionStateForbids`, `NotFound`."""
    proposal = work.proposals.of_decision(command.decision_id)
    work.authorize("decision.review", proposal.group_id)
    decision = work.decisions.get(command.decision_id)
    zone = work.groups.get(proposal.group_id).time_zone
    today = local_day(now, zone)
    again_on = command.next_review_on or today + REVIEWED_AFTER
    term = term_of(proposal, again_on, today)
    again_on = term.review_on or again_on
    decision.conclude_review(command.outcome, command.note, again_on, start_of(again_on, zone))
    note = work.record.said(command.note)
    work.record.tell(decision.group_id, decision_reviewed(decision.id, command.outcome, note=note))
    if command.outcome is ReviewOutcome.KEEP:
        _renew(decision, term, zone)
    follows = {ReviewOutcome.KEEP: Stage.IN_FORCE, ReviewOutcome.DROP: Stage.RETIRED}.get(command.outcome)
    if follows is not None:
        work.publish(proposal.follow(follows))
    return decision


def _renew(decision: Decision, term: Term, zone: str) -> None:
    """Kept for one more longest term, where there is one."""
    decision.expires_on = term.expires_on
    decision.expires_at = start_of(term.expires_on, zone) if term.expires_on else None
