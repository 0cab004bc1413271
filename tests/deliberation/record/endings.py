"""How a proposal ends in a record: approved, returned, refused; a decision in force, reviewed, superseded."""

from __future__ import annotations

from datetime import date
from typing import Any

from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.decisions import Decision, ReviewOutcome
from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.record import proposal_facts
from deliberation.record.chronicle import Chronicle, Proposal


def approve(chronicle: Chronicle, proposal: Proposal, answer: str) -> bool:
    """The approving body answers `grant`, `change`, `return` or `refuse`. False where the proposal goes on."""
    approval = _approval(chronicle, proposal)
    chronicle.tell(proposal_facts.approval_requested(approval, text=proposal.text))
    by = chronicle.someone()
    if answer == "grant":
        note = chronicle.say("well done")
        chronicle.tell(proposal_facts.approval_granted(approval, note=note), by)
        adopt(chronicle, proposal, "")
    elif answer == "change":
        chronicle.publish(proposal, None)
        proposal.granted = proposal.version
        reason = chronicle.say("so we agree")
        fact = proposal_facts.approval_changed(approval, proposal.version, text=proposal.text, reason=reason)
        chronicle.tell(fact, by)
    elif answer == "return":
        chronicle.tell(proposal_facts.approval_returned(approval, reason=chronicle.say("too dear")), by)
    else:
        chronicle.tell(proposal_facts.approval_refused(approval, reason=chronicle.say("no")), by)
    return answer not in {"return", "change"}


def adopt(chronicle: Chronicle, proposal: Proposal, review: str) -> None:
    """A decision in force, and perhaps what its review found."""
    chronicle.decisions += 1
    decision = _decision(chronicle, proposal)
    chronicle.tell(proposal_facts.decision_adopted(decision, text=proposal.text))
    chronicle.tell(proposal_facts.decision_in_force(decision.id))
    if review == "expire":
        chronicle.tell(proposal_facts.decision_expired(decision.id))
    elif review:
        chronicle.tell(proposal_facts.decision_under_review(decision.id))
        outcome, note = ReviewOutcome(review), chronicle.say("we looked at it")
        chronicle.tell(proposal_facts.decision_reviewed(decision.id, outcome, note=note), chronicle.someone())
        if outcome is not ReviewOutcome.DROP:
            chronicle.tell(proposal_facts.decision_superseded(decision.id, chronicle.an_id()))


def an_amendment(chronicle: Chronicle, proposal: Proposal) -> Amendment:
    """Proposed, of the text as it stands."""
    told: dict[str, Any] = {"title": "A room", "original": "rent", "replacement": "hire", "rationale": ""}
    amendment = Amendment(
        **told,
        id=chronicle.an_id(),
        proposal_id=proposal.id,
        group_id=chronicle.group,
        author_id=chronicle.an_id(),
        base_version=proposal.version,
        edits=(Edit(3, 7, "hire"),),
        proposed_at=chronicle.now,
    )
    change = chronicle.say([{"start": 3, "end": 7, "text": "hire"}])
    chronicle.tell(proposal_facts.amendment_proposed(amendment, change=change), chronicle.someone())
    return amendment


def _approval(chronicle: Chronicle, proposal: Proposal) -> Approval:
    ids: dict[str, Any] = {name: chronicle.an_id() for name in ("id", "body_id")}
    due: dict[str, Any] = {"due_on": date(2018, 1, 31), "overdue_at": chronicle.now}
    told: dict[str, Any] = {"title": "A room", "proposer_ids": [], "verdict_reasons": []}
    return Approval(
        **ids,
        **due,
        **told,
        proposal_id=proposal.id,
        group_id=chronicle.group,
        version=proposal.version,
        requested_at=chronicle.now,
    )


def _decision(chronicle: Chronicle, proposal: Proposal) -> Decision:
    told: dict[str, Any] = {"kind": "rule", "title": "A room", "text": "…", "reasons": ["ConsentGiven"]}
    days: dict[str, Any] = {"review_on": date(2018, 10, 2), "review_at": None}
    return Decision(
        **told,
        **days,
        id=chronicle.an_id(),
        group_id=chronicle.group,
        number=chronicle.decisions,
        proposal_id=proposal.id,
        version=proposal.version,
        adopted_at=chronicle.now,
        effective_on=chronicle.now.date(),
        effective_at=chronicle.now,
    )
