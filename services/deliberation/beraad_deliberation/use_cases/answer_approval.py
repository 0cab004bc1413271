"""The approving body grants, grants with changes, returns with reasons, or refuses with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.verdict import Outcome, Verdict
from beraad_deliberation.record.proposal_facts import (
    approval_changed,
    approval_granted,
    approval_refused,
    approval_returned,
)
from beraad_deliberation.use_cases.comparing import edits_between
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.publish_version import rebase_amendments
from beraad_deliberation.use_cases.recording import tell_version
from beraad_deliberation.use_cases.settle_verdict import settle_verdict


@dataclass(frozen=True)
class GrantApproval:
    """Agree, perhaps with a note."""

    approval_id: UUID
    note: str = ""


@dataclass(frozen=True)
class ReturnApproval:
    """Send back with reasons: a new version, a new round, a new request."""

    approval_id: UUID
    reason: str


@dataclass(frozen=True)
class GrantWithChanges:
    """The whole text the body agrees to, and why it is another."""

    approval_id: UUID
    text: str
    reason: str


@dataclass(frozen=True)
class RefuseApproval:
    """Refuse with reasons."""

    approval_id: UUID
    reason: str


@dataclass(frozen=True)
class TellOverdueApproval:
    """One approval that is overdue and was not told, if there is one."""


def grant_approval(command: GrantApproval, work: Work, now: datetime) -> Approval:
    """The recommendation becomes a decision. Raises `ApprovalIsAnswered`, `NotAllowed`, `NotFound`."""
    proposal, approval = _asked(command.approval_id, work)
    work.publish(approval.grant(work.actor.person_id, command.note, now))
    note = work.record.said(command.note)
    work.record.tell(proposal.group_id, approval_granted(approval, note=note))
    reasons = (*(r for r in approval.verdict_reasons if r != "ApprovingBodyDecides"), "ApprovalGranted")
    settle_verdict(proposal, Verdict(Outcome.ADOPTED, reasons), work, now)
    return approval


def return_approval(command: ReturnApproval, work: Work, now: datetime) -> Approval:
    """The proposal is tuned again. Raises `ApprovalNeedsReason`, `ApprovalIsAnswered`, `NotAllowed`, `NotFound`."""
    proposal, approval = _asked(command.approval_id, work)
    work.publish(approval.send_back(work.actor.person_id, command.reason, now), proposal.return_to_tuning())
    reason = work.record.text(command.reason)
    work.record.tell(proposal.group_id, approval_returned(approval, reason=reason))
    return approval


def grant_with_changes(command: GrantWithChanges, work: Work, now: datetime) -> Approval:
    """The proposal is tuned with that text; once the group consents to it, the body is not asked again.

    Raises `ApprovalNeedsReason`, `ApprovalIsAnswered`, `NothingChanged`, `NotAllowed`, `NotFound`.
    """
    proposal, approval = _asked(command.approval_id, work)
    by = work.actor.person_id
    work.publish(approval.grant_with_changes(by, command.reason, now), proposal.return_to_tuning())
    before = proposal.text
    version, published = proposal.change_by_body(command.text, command.reason, by, now)
    tell_version(proposal, version, work)
    work.publish(published)
    told = {"text": work.record.version(proposal), "reason": work.record.text(command.reason)}
    work.record.tell(proposal.group_id, approval_changed(approval, version.number, **told))
    rebase_amendments(proposal, before, edits_between(before, proposal.text), work, now)
    return approval


def refuse_approval(command: RefuseApproval, work: Work, now: datetime) -> Approval:
    """The proposal is rejected. Raises `ApprovalNeedsReason`, `ApprovalIsAnswered`, `NotAllowed`, `NotFound`."""
    proposal, approval = _asked(command.approval_id, work)
    work.publish(approval.refuse(work.actor.person_id, command.reason, now))
    reason = work.record.text(command.reason)
    work.record.tell(proposal.group_id, approval_refused(approval, reason=reason))
    settle_verdict(proposal, Verdict(Outcome.REJECTED, ("ApprovalRefused",)), work, now)
    return approval


def tell_overdue_approval(_command: TellOverdueApproval, work: Work, now: datetime) -> bool:
    """Say once that the due date passed. Nothing is decided by it. True if there was one."""
    approval = work.approvals.overdue(now)
    if approval is None:
        return False
    work.publish(approval.tell_overdue())
    return True


def _asked(approval_id: UUID, work: Work) -> tuple[Proposal, Approval]:
    proposal = work.proposals.of_approval(approval_id)
    work.authorize("approval.read", proposal.group_id)
    approval = work.approvals.get(approval_id)
    work.authorize("approval.answer", approval.body_id)
    return proposal, approval
