"""What a verdict leads to: a decision in the register, a request to the approving body, or another stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from beraad.identifiers import new_id
from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.days import end_of, local_day, start_of
from beraad_deliberation.domain.decisions import Decision, Task
from beraad_deliberation.domain.profiles import OnExpiry
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.verdict import Outcome, Verdict
from beraad_deliberation.record.proposal_facts import approval_requested, decision_adopted
from beraad_deliberation.use_cases.edit_text import let_amendments_go_stale
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.take_effect import take_effect

DECIDED = frozenset({Outcome.ADOPTED, Outcome.LAPSED, Outcome.REJECTED})
ANSWERED_WITHIN = timedelta(days=60)
LOOKED_AT_BEFORE = timedelta(days=30)


def settle_verdict(proposal: Proposal, verdict: Verdict, work: Work, now: datetime) -> None:
    """Move the proposal where the verdict leads, and do what belongs to it."""
    verdict = proposal.granted_already(verdict)
    work.publish(proposal.conclude(verdict))
    if verdict.outcome in DECIDED:
        let_amendments_go_stale(proposal, work, now)
    body_id = proposal.profile.approving_body_id if proposal.profile else None
    if verdict.outcome is Outcome.AWAITING_APPROVAL and body_id is not None:
        _request_approval(proposal, body_id, verdict, work, now)
    elif verdict.outcome is Outcome.ADOPTED:
        _register(proposal, verdict, work, now)


def _request_approval(proposal: Proposal, body_id: UUID, verdict: Verdict, work: Work, now: datetime) -> None:
    zone = work.groups.get(proposal.group_id).time_zone
    today = local_day(now, zone)
    due_on = proposal.approval_due_on
    if due_on is None or due_on < today:
        due_on = today + ANSWERED_WITHIN
    approval = Approval(
        id=new_id(),
        proposal_id=proposal.id,
        group_id=proposal.group_id,
        body_id=body_id,
        title=proposal.title,
        version=proposal.version,
        due_on=due_on,
        overdue_at=end_of(due_on, zone),
        requested_at=now,
        proposer_ids=list(proposal.proposer_ids),
        verdict_reasons=list(verdict.reasons),
    )
    work.approvals.add(approval)
    proposal.approval_id = approval.id
    work.publish(approval.requested(proposal.text))
    text, after = work.record.version(proposal), proposal.vote_id or proposal.round_id
    work.record.tell(proposal.group_id, approval_requested(approval, text=text, after=after))


def _register(proposal: Proposal, verdict: Verdict, work: Work, now: datetime) -> None:
    zone = work.groups.get(proposal.group_id).time_zone
    today = local_day(now, zone)
    effective_on = max(proposal.effective_on or today, today)
    term = term_of(proposal, proposal.review_on, effective_on)
    decision = Decision(
        id=new_id(),
        group_id=proposal.group_id,
        number=work.decisions.next_number(proposal.group_id),
        proposal_id=proposal.id,
        version=proposal.version,
        kind=proposal.kind,
        title=proposal.title,
        text=proposal.text,
        reasons=list(verdict.reasons),
        adopted_at=now,
        effective_on=effective_on,
        effective_at=start_of(effective_on, zone),
        review_on=term.review_on,
        review_at=start_of(term.review_on, zone) if term.review_on else None,
        expires_on=term.expires_on,
        expires_at=start_of(term.expires_on, zone) if term.expires_on else None,
        questions=work.rounds.concerns(proposal.round_id) if proposal.round_id else [],
        groups=list(proposal.groups),
        supersedes_id=proposal.supersedes_id,
    )
    if proposal.round_id and work.rounds.rests_on_contested(proposal.round_id):
        decision.bring_review_forward(now)
    work.decisions.add(decision)
    text, after = work.record.version(proposal), proposal.vote_id or proposal.round_id
    work.record.tell(proposal.group_id, decision_adopted(decision, text=text, after=after))
    proposal.decision_id = decision.id
    _assign_tasks(proposal, decision.id, zone, work)
    if decision.effective_at <= now:
        take_effect(proposal, decision, work)


@dataclass(frozen=True)
class Term:
    """When a decision is looked at again, and when it ends by itself."""

    review_on: date | None
    expires_on: date | None


def term_of(proposal: Proposal, review_on: date | None, starts_on: date) -> Term:
    """The profile's longest term limits both; a decision that would expire is looked at before."""
    profile = proposal.profile
    if profile is None or profile.longest_term_days is None:
        return Term(review_on, None)
    ends_on = starts_on + timedelta(days=profile.longest_term_days)
    if profile.on_expiry is OnExpiry.REVIEW:
        return Term(min(review_on or ends_on, ends_on), None)
    before = max(starts_on, ends_on - LOOKED_AT_BEFORE)
    return Term(min(review_on or before, before), ends_on)


def _assign_tasks(proposal: Proposal, decision_id: UUID, zone: str, work: Work) -> None:
    for planned in proposal.tasks:
        due_on = date.fromisoformat(planned["due_on"])
        task = Task(
            id=new_id(),
            decision_id=decision_id,
            group_id=proposal.group_id,
            owner_id=UUID(planned["owner_id"]),
            title=planned["title"],
            due_on=due_on,
            due_at=start_of(due_on, zone),
        )
        work.decisions.add_task(task)
        work.publish(task.assigned())
