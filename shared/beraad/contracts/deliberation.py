"""What `deliberation` publishes: proposals, rounds, votes, approvals, decisions. Topics `deliberation.*.v1`.

Single responses and ballots are never published; a closed round tells its counts.
"""

from __future__ import annotations

from uuid import UUID

from marshmallow import fields, validate

from beraad.contracts import Payload, contract
from beraad.contracts.exports import ExportPart
from beraad.contracts.fields import (
    counter,
    day,
    document,
    identifier,
    identifiers,
    instant,
    one_of,
    sentences,
    string,
    words,
)

STAGES = (
    "draft",
    "clarifying",
    "reacting",
    "tuning",
    "consent_round",
    "integrating",
    "deadlocked",
    "vote",
    "awaiting_approval",
    "adopted",
    "in_force",
    "under_review",
    "withdrawn",
    "lapsed",
    "rejected",
    "superseded",
    "retired",
    "expired",
)
A_NOTE = (
    "A signed note (c2sp.org/tlog-checkpoint): how far the group's record goes with this (docs/record.md)"
)

ANSWERED_BEFORE = (
    "Who answered about `since_version`, for whom `changes` are; null where they are more than a hundred"
)
IN_MEETING = "Where it is answered together, in which meeting"


def a_checkpoint() -> fields.String:
    """Of the group's record; empty where there is none."""
    note = {"description": A_NOTE}
    return fields.String(load_default="", validate=validate.Length(max=2_000), metadata=note)


PROPOSAL_KINDS = ("recommendation", "rule", "money", "constitute_group")


class _Proposal(Payload):
    proposal_id = identifier()
    revision = counter()
    group_id = identifier()
    kind = one_of(*PROPOSAL_KINDS)
    title = string(200)
    stage = one_of(*STAGES)
    version = counter()
    proposer_ids = identifiers()


@contract("deliberation.proposal.opened.v1", aggregate="proposals", key="proposal_id")
class ProposalOpened(_Proposal):
    """A draft went to the group."""

    driver = string(4000)


@contract("deliberation.proposal.moved.v1", aggregate="proposals", key="proposal_id")
class ProposalMoved(_Proposal):
    """The proposal entered another stage of its life."""


@contract("deliberation.proposal.version_published.v1", aggregate="proposals", key="proposal_id")
class ProposalVersionPublished(_Proposal):
    """A new text stands; `text_hash` is SHA-256 in hex."""

    text_hash = string(64)


@contract("deliberation.proposal.withdrawn.v1", aggregate="proposals", key="proposal_id")
class ProposalWithdrawn(_Proposal):
    """The proposers took it back."""


class _Ended(_Proposal):
    reasons = words()


@contract("deliberation.proposal.adopted.v1", aggregate="proposals", key="proposal_id")
class ProposalAdopted(_Ended):
    """The group (and, where one must, its approving body) adopted the text of `version`."""


@contract("deliberation.proposal.lapsed.v1", aggregate="proposals", key="proposal_id")
class ProposalLapsed(_Ended):
    """It ended without a decision; `reasons` are the verdict's codes."""


@contract("deliberation.proposal.rejected.v1", aggregate="proposals", key="proposal_id")
class ProposalRejected(_Ended):
    """A vote or the approving body refused it."""


@contract("deliberation.proposal.deadlocked.v1", aggregate="proposals", key="proposal_id")
class ProposalDeadlocked(_Ended):
    """The last permitted round closed with an objection standing."""


class _Round(Payload):
    meeting_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": IN_MEETING})
    round_id = identifier()
    revision = counter()
    proposal_id = identifier()
    group_id = identifier()
    title = string(200)
    number = counter()
    version = counter()
    closes_at = instant()
    electors = counter()


@contract("deliberation.round.opened.v1", aggregate="rounds", key="round_id")
class RoundOpened(_Round):
    """A consent round runs over the frozen electorate; the list itself is at the round's endpoint.

    Where there was a round before about another version, `since_version` names it and `changes` tells what is different, word by
    word: {"kind": "equal" | "removed" | "added", "text"}, with what stayed shortened.
    """

    electorate_hash = string(64)
    text = string(20_000)
    since_version = fields.Integer(load_default=None, allow_none=True, strict=True)
    changes = fields.List(document(), load_default=list)
    answered_ids = fields.List(
        fields.UUID(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=100),
        metadata={"description": ANSWERED_BEFORE},
    )


@contract("deliberation.round.extended.v1", aggregate="rounds", key="round_id")
class RoundExtended(_Round):
    """The deadline moved later."""


@contract("deliberation.round.reminder_due.v1", aggregate="rounds", key="round_id")
class RoundReminderDue(_Round):
    """The round closes soon and these electors have not answered; where they are more than a hundred, in several events.

    What the others answered is told nowhere.
    """

    unanswered_ids = identifiers()


@contract("deliberation.round.closed.v1", aggregate="rounds", key="round_id")
class RoundClosed(_Round):
    """The verdict, its reason codes, and the counts. `responses_root` is SHA-256 in hex."""

    outcome = one_of("adopted", "awaiting_approval", "integrating", "deadlocked", "lapsed", "amended")
    reasons = words()
    present = counter()
    consents = counter()
    tacit = fields.Integer(
        load_default=0,
        strict=True,
        metadata={"description": "Said nothing where silence was declared to be consent"},
    )
    objections = counter()
    responses_root = string(64)
    checkpoint = a_checkpoint()


class _Objection(Payload):
    objection_id = identifier()
    revision = counter()
    round_id = identifier()
    proposal_id = identifier()
    group_id = identifier()
    title = string(200)
    kind = one_of("aim", "side_effect", "efficiency", "rule")
    state = string(30)


@contract("deliberation.objection.raised.v1", aggregate="objections", key="objection_id")
class ObjectionRaised(_Objection):
    """Someone sees harm in adopting this text. Who and why stay with the group."""


@contract("deliberation.objection.tested.v1", aggregate="objections", key="objection_id")
class ObjectionTested(_Objection):
    """The group found whether it qualifies (`state`)."""


@contract("deliberation.objection.resolved.v1", aggregate="objections", key="objection_id")
class ObjectionResolved(_Objection):
    """It no longer stands (`state`: resolved, withdrawn, not_qualified …)."""


class _Amendment(Payload):
    amendment_id = identifier()
    revision = counter()
    proposal_id = identifier()
    group_id = identifier()
    title = string(200)
    base_version = counter()
    author_id = identifier()
    asked_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={
            "description": "Who is to accept or reject it: the proposers, but for its author; once it is proposed, nobody"
        },
    )


@contract(
    "deliberation.amendment.proposed.v1", aggregate="amendments", key="amendment_id", person="author_id"
)
class AmendmentProposed(_Amendment):
    """Someone proposes a change of the text of `base_version`."""


@contract(
    "deliberation.amendment.accepted.v1", aggregate="amendments", key="amendment_id", person="author_id"
)
class AmendmentAccepted(_Amendment):
    """The proposers took the change over; `version` is the text that has it."""

    version = counter()


@contract(
    "deliberation.amendment.conflicted.v1", aggregate="amendments", key="amendment_id", person="author_id"
)
class AmendmentConflicted(_Amendment):
    """Another accepted change touches the same words."""


class _Vote(Payload):
    vote_id = identifier()
    revision = counter()
    proposal_id = identifier()
    group_id = identifier()
    title = string(200)
    version = counter()
    closes_at = instant()
    electors = counter()


@contract("deliberation.vote.opened.v1", aggregate="votes", key="vote_id")
class VoteOpened(_Vote):
    """A majority vote runs over the frozen electorate."""

    electorate_hash = string(64)
    text = string(20_000)


@contract("deliberation.vote.reminder_due.v1", aggregate="votes", key="vote_id")
class VoteReminderDue(_Vote):
    """The vote closes soon and these electors have cast no ballot; where they are more than a hundred, in several events.

    What the others voted is told nowhere before it closes.
    """

    unanswered_ids = identifiers()


@contract("deliberation.vote.closed.v1", aggregate="votes", key="vote_id")
class VoteClosed(_Vote):
    """The count. `outcome`: adopted, awaiting_approval or rejected."""

    outcome = one_of("adopted", "awaiting_approval", "rejected")
    reasons = words()
    in_favor = counter()
    against = counter()
    abstained = counter()
    checkpoint = a_checkpoint()


class _Approval(Payload):
    approval_id = identifier()
    revision = counter()
    proposal_id = identifier()
    group_id = identifier()
    body_id = identifier()
    title = string(200)
    version = counter()
    due_on = day()
    proposer_ids = identifiers()


@contract("deliberation.approval.requested.v1", aggregate="approvals", key="approval_id")
class ApprovalRequested(_Approval):
    """The group recommends; its approving body is asked. Never tacit."""

    text = string(20_000)


@contract("deliberation.approval.granted.v1", aggregate="approvals", key="approval_id")
class ApprovalGranted(_Approval):
    """The approving body agrees."""


@contract("deliberation.approval.returned.v1", aggregate="approvals", key="approval_id")
class ApprovalReturned(_Approval):
    """The approving body sends it back with reasons; `with_changes`: it agrees to a text of its own, which is the new version."""

    reason = string(4000)
    with_changes = fields.Boolean(load_default=False)


@contract("deliberation.approval.refused.v1", aggregate="approvals", key="approval_id")
class ApprovalRefused(_Approval):
    """The approving body refuses with reasons."""

    reason = string(4000)


@contract("deliberation.approval.overdue.v1", aggregate="approvals", key="approval_id")
class ApprovalOverdue(_Approval):
    """The due date has passed and the approving body has not answered."""


class _Decision(Payload):
    decision_id = identifier()
    revision = counter()
    group_id = identifier()
    proposal_id = identifier()
    number = counter()
    title = string(200)
    kind = one_of(*PROPOSAL_KINDS)
    effective_on = day()
    review_on = day(allow_none=True)


@contract("deliberation.decision.in_force.v1", aggregate="decisions", key="decision_id")
class DecisionInForce(_Decision):
    """The decision takes effect. For `constitute_group`, `annex["groups"]` lists the groups it creates.

    {"name", "theme", "aim", "deliverables", "starts_on", "ends_on", "approving_body_id", "decision_profile",
    "policy": {"size_min", "size_max", "quotas", "attribute_quotas", "required_roles", "term_months", "renewals_max"}}. Otherwise
    it is empty.
    """

    annex = document()


@contract("deliberation.decision.review_due.v1", aggregate="decisions", key="decision_id")
class DecisionReviewDue(_Decision):
    """The review date is here; the concerns recorded at adoption are the questions."""

    questions = sentences()


@contract("deliberation.decision.superseded.v1", aggregate="decisions", key="decision_id")
class DecisionSuperseded(_Decision):
    """A later decision stands in its place."""

    superseded_by_id = identifier()


NO_DECISION = UUID(int=0)
"""Stands in `decision_id` of a task that was agreed in minutes without a decision: that field may never be null."""


AGREED_IN = (
    "The minutes it was agreed in, if any; `decision_id` is all zeroes where it then carries out no decision"
)


class _Task(Payload):
    task_id = identifier()
    revision = counter()
    decision_id = identifier()
    minutes_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": AGREED_IN})
    meeting_id = fields.UUID(load_default=None, allow_none=True)
    group_id = identifier()
    owner_id = identifier()
    title = string(200)
    due_on = day()


@contract("deliberation.task.assigned.v1", aggregate="tasks", key="task_id", person="owner_id")
class TaskAssigned(_Task):
    """Somebody is to do something, for a decision or because minutes say so."""


@contract("deliberation.task.due.v1", aggregate="tasks", key="task_id", person="owner_id")
class TaskDue(_Task):
    """The due date is here and it is not done."""


@contract("deliberation.task.done.v1", aggregate="tasks", key="task_id", person="owner_id")
class TaskDone(_Task):
    """It is done."""


@contract("deliberation.contribution.added.v1", aggregate="contributions", key="contribution_id")
class ContributionAdded(Payload):
    """A resource or an experience was shared on a group's theme."""

    contribution_id = identifier()
    revision = counter()
    group_id = identifier()
    theme = string(200)
    title = string(200)


@contract("deliberation.record.sealed.v1", aggregate="records", key="group_id")
class RecordSealed(Payload):
    """How far a group's record goes, told once a day where it grew. `revision` is the number of entries, `size`, too."""

    group_id = identifier()
    revision = counter()
    size = counter()
    checkpoint = a_checkpoint()


@contract(
    "deliberation.person_export.answered.v1",
    aggregate="person_exports",
    key="export_id",
    person="person_id",
    private=True,
)
class PersonExportAnswered(ExportPart):
    """Private, for membership: what deliberation holds of a person."""
