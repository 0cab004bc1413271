"""What objections, amendments, approvals and decisions add to the record, made of the aggregates.

Texts (reasons, notes, changes) are given as their commitments.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from beraad.record.entries import instant
from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.decisions import Decision, ReviewOutcome
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import Objection, Opinion
from beraad_deliberation.domain.versions import Version
from beraad_deliberation.record.facts import Fact, FactIsMalformed


def objection_raised(objection: Objection, *, elector: str, reason: str) -> Fact:
    """Also when it is raised again, or its reason is said anew. Where nobody else tests it, it is valid at once.

    `reason` binds the passage and the amendment too, where it names them.
    """
    follows = str(objection.follows_id) if objection.follows_id else None
    valid = objection.state is ObjectionState.VALID
    state = str(ObjectionState.VALID if valid else ObjectionState.RAISED)
    told = {"elector": elector, "kind": objection.kind, "reason": reason, "follows": follows, "state": state}
    body = {"objection": str(objection.id), "round": str(objection.round_id), **told}
    return Fact("objection.raised", body, after=objection.round_id)


def objection_testing(objection: Objection, *, ruling: str | None = None) -> Fact:
    """Opinions are heard; or the facilitator rules that it does not qualify, which can be appealed."""
    return _of_objection("testing", objection, {"ruling": ruling})


def objection_appealed(objection: Objection) -> Fact:
    """The group tests it instead."""
    return _of_objection("appealed", objection, {})


def objection_tested(objection: Objection, opinions: Sequence[Opinion]) -> Fact:
    """What the test found: `valid` or `not_qualified`. A ruling has no opinions."""
    qualifies = sum(opinion.qualifies for opinion in opinions)
    counts = {"qualifies": qualifies, "does_not": len(opinions) - qualifies}
    return _of_objection("tested", objection, {"state": str(objection.state), **counts})


def objection_integrating(objection: Objection, *, note: str | None = None, owner: str | None = None) -> Fact:
    """A version answers it. `owner`: the pseudonym of who does what is deferred. Raises `FactIsMalformed`."""
    if objection.strategy is None:
        raise FactIsMalformed("an objection is integrated in some way")
    due_on = objection.strategy_due_on.isoformat() if objection.strategy_due_on else None
    how = {"strategy": str(objection.strategy), "note": note, "owner": owner, "due_on": due_on}
    return _of_objection("integrating", objection, {"version": objection.integrated_in_version, **how})


def objection_orphaned(objection: Objection) -> Fact:
    """Its objector left. Raises `FactIsMalformed` where it is not orphaned."""
    if objection.orphaned_until is None:
        raise FactIsMalformed("an objection is orphaned until a moment")
    return _of_objection("orphaned", objection, {"until": instant(objection.orphaned_until)})


def objection_adopted(objection: Objection, *, elector: str) -> Fact:
    """Another elector stands for it now."""
    return _of_objection("adopted", objection, {"elector": elector})


def objection_ended(objection: Objection, *, response: tuple[UUID, bytes] | None = None) -> Fact:
    """It stands no more: resolved, withdrawn, merged or lapsed. What does not qualify is `objection_tested`.

    `response`: withdrawing carries the answer that replaces it: in which round, and its leaf.
    """
    told = {"round": str(response[0]), "leaf": response[1].hex()} if response else None
    into = str(objection.merged_into_id) if objection.merged_into_id else None
    return _of_objection("ended", objection, {"state": str(objection.state), "response": told, "into": into})


def amendment_proposed(amendment: Amendment, *, change: str) -> Fact:
    """`change`: the commitment of its edits and reasons."""
    told = {"proposal": str(amendment.proposal_id), "base_version": amendment.base_version, "change": change}
    return Fact("amendment.proposed", {"amendment": str(amendment.id), **told})


def amendment_announced(amendment: Amendment) -> Fact:
    """As an editorial change, until it takes effect. Raises `FactIsMalformed` where it is not announced."""
    if amendment.takes_effect_at is None:
        raise FactIsMalformed("an editorial change takes effect at a moment")
    return _of_amendment("announced", amendment, {"until": instant(amendment.takes_effect_at)})


def amendment_contested(amendment: Amendment, *, reason: str) -> Fact:
    """It is more than editorial."""
    return _of_amendment("contested", amendment, {"reason": reason})


def amendment_accepted(amendment: Amendment) -> Fact:
    """It became part of a version; `version_published` tells of that first."""
    return _of_amendment("accepted", amendment, {"version": amendment.accepted_in_version})


def amendment_declined(amendment: Amendment) -> Fact:
    """Rejected, withdrawn, in conflict or stale."""
    return _of_amendment("declined", amendment, {"state": str(amendment.state)})


def amendment_promoted(amendment: Amendment) -> Fact:
    """It became a proposal of its own."""
    return _of_amendment("promoted", amendment, {"proposal": str(amendment.promoted_to_id)})


def version_published(version: Version, *, text: str) -> Fact:
    """A new text stands. After an editorial change, what was answered before is answered about this one."""
    amendment = str(version.amendment_id) if version.amendment_id else None
    told = {"version": version.number, "text": text, "amendment": amendment, "editorial": version.editorial}
    return Fact("version.published", {"proposal": str(version.proposal_id), **told})


def proposal_referred(proposal_id: UUID, version: int, *, text: str, after: UUID | None = None) -> Fact:
    """Deadlocked, it is put to the approving body. `after`: the round it could not be decided in."""
    told = {"proposal": str(proposal_id), "version": version, "text": text}
    return Fact("proposal.referred", told, after=after)


def approval_requested(approval: Approval, *, text: str, after: UUID | None = None) -> Fact:
    """The approving body is asked. `after`: the round or vote whose verdict recommends it."""
    asked = {"proposal": str(approval.proposal_id), "version": approval.version, "text": text}
    due = {"body": str(approval.body_id), "due_on": approval.due_on.isoformat()}
    return Fact("approval.requested", {"approval": str(approval.id), **asked, **due}, after=after)


def approval_granted(approval: Approval, *, note: str | None) -> Fact:
    """It agrees."""
    return Fact("approval.granted", {"approval": str(approval.id), "note": note})


def approval_changed(approval: Approval, version: int, *, text: str, reason: str) -> Fact:
    """It agrees to another text: once the group consents to that, it is not asked again."""
    told = {"version": version, "text": text, "reason": reason}
    return Fact("approval.changed", {"approval": str(approval.id), **told})


def approval_returned(approval: Approval, *, reason: str) -> Fact:
    """It sends back."""
    return Fact("approval.returned", {"approval": str(approval.id), "reason": reason})


def approval_refused(approval: Approval, *, reason: str) -> Fact:
    """It refuses."""
    return Fact("approval.refused", {"approval": str(approval.id), "reason": reason})


def decision_adopted(decision: Decision, *, text: str, after: UUID | None = None) -> Fact:
    """With the text that was answered, under the same commitment. `after`: the round or vote that adopted it."""
    review_on, expires_on = (
        day.isoformat() if day else None for day in (decision.review_on, decision.expires_on)
    )
    told = {"number": decision.number, "proposal": str(decision.proposal_id), "version": decision.version}
    days = {
        "effective_on": decision.effective_on.isoformat(),
        "review_on": review_on,
        "expires_on": expires_on,
    }
    body = {"decision": str(decision.id), **told, "text": text, "reasons": [*decision.reasons], **days}
    return Fact("decision.adopted", body, after=after)


def decision_in_force(decision_id: UUID) -> Fact:
    """From now on it binds."""
    return _of_decision("in_force", decision_id, {})


def decision_under_review(decision_id: UUID) -> Fact:
    """Its review date is here."""
    return _of_decision("under_review", decision_id, {})


def decision_reviewed(decision_id: UUID, outcome: ReviewOutcome, *, note: str | None) -> Fact:
    """Kept, dropped, or to be followed by a proposal that supersedes it."""
    return _of_decision("reviewed", decision_id, {"outcome": str(outcome), "note": note})


def decision_expired(decision_id: UUID) -> Fact:
    """Its longest term is over, and no review kept it."""
    return _of_decision("expired", decision_id, {})


def decision_superseded(decision_id: UUID, by: UUID) -> Fact:
    """Another stands in its place."""
    return _of_decision("superseded", decision_id, {"by": str(by)})


def _of_objection(what: str, objection: Objection, body: dict[str, object]) -> Fact:
    return Fact(f"objection.{what}", {"objection": str(objection.id), **body})


def _of_amendment(what: str, amendment: Amendment, body: dict[str, object]) -> Fact:
    return Fact(f"amendment.{what}", {"amendment": str(amendment.id), **body})


def _of_decision(what: str, decision_id: UUID, body: dict[str, object]) -> Fact:
    return Fact(f"decision.{what}", {"decision": str(decision_id), **body})
