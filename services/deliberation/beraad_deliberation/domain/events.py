"""What happens in deliberation. Each event carries the fields of its contract in `beraad.contracts.deliberation`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from beraad.domain import Event


@dataclass(frozen=True, kw_only=True)
class ProposalMoved(Event):
    """The proposal entered another stage."""

    topic: ClassVar[str] = "deliberation.proposal.moved.v1"
    proposal_id: UUID
    group_id: UUID
    kind: str
    title: str
    stage: str
    version: int
    proposer_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalOpened(ProposalMoved):
    """A draft went to the group."""

    topic: ClassVar[str] = "deliberation.proposal.opened.v1"
    driver: str


@dataclass(frozen=True, kw_only=True)
class ProposalVersionPublished(ProposalMoved):
    """A new text stands."""

    topic: ClassVar[str] = "deliberation.proposal.version_published.v1"
    text_hash: str


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(ProposalMoved):
    """The proposers took it back."""

    topic: ClassVar[str] = "deliberation.proposal.withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class ProposalAdopted(ProposalMoved):
    """The text is decided."""

    topic: ClassVar[str] = "deliberation.proposal.adopted.v1"
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalLapsed(ProposalAdopted):
    """It ended without a decision."""

    topic: ClassVar[str] = "deliberation.proposal.lapsed.v1"


@dataclass(frozen=True, kw_only=True)
class ProposalRejected(ProposalAdopted):
    """A vote or the approving body refused it."""

    topic: ClassVar[str] = "deliberation.proposal.rejected.v1"


@dataclass(frozen=True, kw_only=True)
class ProposalDeadlocked(ProposalAdopted):
    """The last permitted round closed with an objection standing."""

    topic: ClassVar[str] = "deliberation.proposal.deadlocked.v1"


@dataclass(frozen=True, kw_only=True)
class RoundExtended(Event):
    """The deadline moved later."""

    topic: ClassVar[str] = "deliberation.round.extended.v1"
    round_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    number: int
    version: int
    closes_at: datetime
    electors: int
    meeting_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RoundOpened(RoundExtended):
    """A consent round runs."""

    topic: ClassVar[str] = "deliberation.round.opened.v1"
    electorate_hash: str
    text: str
    since_version: int | None = None
    changes: tuple[dict[str, str], ...] = ()
    answered_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class RoundReminderDue(RoundExtended):
    """These electors have not answered, and the round closes soon."""

    topic: ClassVar[str] = "deliberation.round.reminder_due.v1"
    unanswered_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class Sealing(Event):
    """Something ended: the event carries a signed checkpoint of the group's record, which is written after it."""

    group_id: UUID
    checkpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class RoundClosed(RoundExtended, Sealing):
    """The verdict and the counts."""

    topic: ClassVar[str] = "deliberation.round.closed.v1"
    outcome: str
    reasons: tuple[str, ...]
    present: int
    consents: int
    tacit: int
    objections: int
    responses_root: str


@dataclass(frozen=True, kw_only=True)
class ObjectionRaised(Event):
    """Someone sees harm in adopting the text."""

    topic: ClassVar[str] = "deliberation.objection.raised.v1"
    objection_id: UUID
    round_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    kind: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ObjectionTested(ObjectionRaised):
    """The group found whether it qualifies."""

    topic: ClassVar[str] = "deliberation.objection.tested.v1"


@dataclass(frozen=True, kw_only=True)
class ObjectionResolved(ObjectionRaised):
    """It no longer stands."""

    topic: ClassVar[str] = "deliberation.objection.resolved.v1"


@dataclass(frozen=True, kw_only=True)
class AmendmentProposed(Event):
    """Someone proposes a change of the text."""

    topic: ClassVar[str] = "deliberation.amendment.proposed.v1"
    amendment_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    base_version: int
    author_id: UUID
    asked_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AmendmentAccepted(AmendmentProposed):
    """The proposers took the change over."""

    topic: ClassVar[str] = "deliberation.amendment.accepted.v1"
    version: int


@dataclass(frozen=True, kw_only=True)
class AmendmentConflicted(AmendmentProposed):
    """Another accepted change touches the same words."""

    topic: ClassVar[str] = "deliberation.amendment.conflicted.v1"


@dataclass(frozen=True, kw_only=True)
class VoteOpened(Event):
    """A majority vote runs."""

    topic: ClassVar[str] = "deliberation.vote.opened.v1"
    vote_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    version: int
    closes_at: datetime
    electors: int
    electorate_hash: str
    text: str


@dataclass(frozen=True, kw_only=True)
class VoteReminderDue(Event):
    """These electors have cast no ballot, and the vote closes soon."""

    topic: ClassVar[str] = "deliberation.vote.reminder_due.v1"
    vote_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    version: int
    closes_at: datetime
    electors: int
    unanswered_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class VoteClosed(Sealing):
    """The count."""

    topic: ClassVar[str] = "deliberation.vote.closed.v1"
    vote_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    version: int
    closes_at: datetime
    electors: int
    outcome: str
    reasons: tuple[str, ...]
    in_favor: int
    against: int
    abstained: int


@dataclass(frozen=True, kw_only=True)
class ApprovalGranted(Event):
    """The approving body agrees."""

    topic: ClassVar[str] = "deliberation.approval.granted.v1"
    approval_id: UUID
    proposal_id: UUID
    group_id: UUID
    body_id: UUID
    title: str
    version: int
    due_on: date
    proposer_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(ApprovalGranted):
    """The approving body is asked."""

    topic: ClassVar[str] = "deliberation.approval.requested.v1"
    text: str


@dataclass(frozen=True, kw_only=True)
class ApprovalReturned(ApprovalGranted):
    """The approving body sends it back."""

    topic: ClassVar[str] = "deliberation.approval.returned.v1"
    reason: str
    with_changes: bool = False


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(ApprovalGranted):
    """The approving body refuses."""

    topic: ClassVar[str] = "deliberation.approval.refused.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApprovalOverdue(ApprovalGranted):
    """The approving body has not answered in time."""

    topic: ClassVar[str] = "deliberation.approval.overdue.v1"


@dataclass(frozen=True, kw_only=True)
class DecisionInForce(Event):
    """The decision takes effect."""

    topic: ClassVar[str] = "deliberation.decision.in_force.v1"
    decision_id: UUID
    group_id: UUID
    proposal_id: UUID
    number: int
    title: str
    kind: str
    effective_on: date
    review_on: date | None
    annex: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DecisionReviewDue(Event):
    """The review date is here."""

    topic: ClassVar[str] = "deliberation.decision.review_due.v1"
    decision_id: UUID
    group_id: UUID
    proposal_id: UUID
    number: int
    title: str
    kind: str
    effective_on: date
    review_on: date | None
    questions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DecisionSuperseded(Event):
    """A later decision stands in its place."""

    topic: ClassVar[str] = "deliberation.decision.superseded.v1"
    decision_id: UUID
    group_id: UUID
    proposal_id: UUID
    number: int
    title: str
    kind: str
    effective_on: date
    review_on: date | None
    superseded_by_id: UUID


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Event):
    """Somebody is to do something."""

    topic: ClassVar[str] = "deliberation.task.assigned.v1"
    task_id: UUID
    decision_id: UUID
    minutes_id: UUID | None
    meeting_id: UUID | None
    group_id: UUID
    owner_id: UUID
    title: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class TaskDue(TaskAssigned):
    """The due date is here and it is not done."""

    topic: ClassVar[str] = "deliberation.task.due.v1"


@dataclass(frozen=True, kw_only=True)
class TaskDone(TaskAssigned):
    """It is done."""

    topic: ClassVar[str] = "deliberation.task.done.v1"


@dataclass(frozen=True, kw_only=True)
class ContributionAdded(Event):
    """A resource or an experience was shared."""

    topic: ClassVar[str] = "deliberation.contribution.added.v1"
    contribution_id: UUID
    group_id: UUID
    theme: str
    title: str


@dataclass(frozen=True, kw_only=True)
class RecordSealed(Event):
    """How far a group's record goes, signed; told daily where it grew."""

    topic: ClassVar[str] = "deliberation.record.sealed.v1"
    group_id: UUID
    size: int
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class PersonExportAnswered(Event):
    """Private: what is held here of a person."""

    topic: ClassVar[str] = "deliberation.person_export.answered.v1"
    export_id: UUID
    person_id: UUID
    part: int
    parts: int
    content: dict[str, Any]
