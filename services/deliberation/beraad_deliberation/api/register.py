"""Approvals, decisions and tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, PageQuery, ResourceAnswer, act, look, requires
from beraad_deliberation.api.live import look_live
from beraad_deliberation.api.texts import day, prose, words
from beraad_deliberation.domain.approvals import ApprovalState
from beraad_deliberation.domain.decisions import ReviewOutcome
from beraad_deliberation.queries.register import (
    list_approvals,
    list_decisions,
    one_approval,
    one_decision,
    one_task,
)
from beraad_deliberation.use_cases.answer_approval import (
    GrantApproval,
    GrantWithChanges,
    RefuseApproval,
    ReturnApproval,
    grant_approval,
    grant_with_changes,
    refuse_approval,
    return_approval,
)
from beraad_deliberation.use_cases.finish_task import FinishTask, finish_task
from beraad_deliberation.use_cases.review_decision import ReviewDecision, review_decision

blueprint = Blueprint("register", __name__, url_prefix="/v1", description="Approvals, decisions and tasks")


class ApprovalsQuery(PageQuery):
    """Filters."""

    body_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf([s.value for s in ApprovalState]))


class DecisionsQuery(PageQuery):
    """Filters."""

    group_id = fields.UUID(load_default=None)
    in_force = fields.Boolean(load_default=None)


class GrantBody(Body):
    """Perhaps a note."""

    note = prose(4000, load_default="")


class ChangesBody(Body):
    """The whole text the body agrees to, and why it is another."""

    text = words(20_000, required=True)
    reason = fields.String(required=True, validate=validate.Length(max=4000))


class ReasonBody(Body):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(max=4000))


class ReviewBody(Body):
    """What the review finds, and when it is looked at again (a year on where not named)."""

    outcome = fields.String(required=True, validate=validate.OneOf([o.value for o in ReviewOutcome]))
    note = words(required=True)
    next_review_on = day(load_default=None, allow_none=True)


class ApprovalSummary(Answer):
    """A request to an approving body."""

    id = fields.UUID()
    revision = fields.Integer()
    proposal_id = fields.UUID()
    group_id = fields.UUID()
    body_id = fields.UUID()
    title = fields.String()
    version = fields.Integer()
    due_on = fields.Date()
    requested_at = fields.AwareDateTime()
    proposer_ids = fields.List(fields.UUID())
    verdict_reasons = fields.List(fields.String())
    state = fields.String()
    reason = fields.String()
    answered_by = fields.UUID(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


class ApprovalAnswer(ApprovalSummary, ResourceAnswer):
    """A request to an approving body, with what the caller may do."""


class ApprovalsAnswer(Answer):
    """A page of requests."""

    items = fields.List(fields.Nested(ApprovalSummary))


class TaskAnswer(Answer):
    """Something somebody is to do."""

    id = fields.UUID()
    revision = fields.Integer()
    decision_id = fields.UUID(allow_none=True)
    from_minutes_id = fields.UUID(
        allow_none=True, metadata={"description": "The minutes it was agreed in, if any"}
    )
    from_meeting_id = fields.UUID(allow_none=True)
    owner_id = fields.UUID()
    title = fields.String()
    due_on = fields.Date()
    done_at = fields.AwareDateTime(allow_none=True)


class MinutesAnswer(Answer):
    """Approved minutes that speak of the decision."""

    minutes_id = fields.UUID()
    meeting_id = fields.UUID()
    title = fields.String()


class DecisionSummary(Answer):
    """A decision: number in its group, text as adopted, the verdict's reasons."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    number = fields.Integer()
    proposal_id = fields.UUID()
    version = fields.Integer()
    kind = fields.String()
    title = fields.String()
    text = fields.String()
    reasons = fields.List(fields.String())
    state = fields.String()
    adopted_at = fields.AwareDateTime()
    effective_on = fields.Date()
    review_on = fields.Date(allow_none=True)
    expires_on = fields.Date(
        allow_none=True, metadata={"description": "Ends then, unless a review keeps it before"}
    )
    questions = fields.List(fields.String())
    groups = fields.List(fields.Dict())
    supersedes_id = fields.UUID(allow_none=True)
    superseded_by_id = fields.UUID(allow_none=True)
    review_outcome = fields.String(allow_none=True)
    review_note = fields.String()
    tasks = fields.List(fields.Nested(TaskAnswer))
    minutes = fields.List(fields.Nested(MinutesAnswer))


class DecisionAnswer(DecisionSummary, ResourceAnswer):
    """A decision, with what the caller may do."""


class DecisionsAnswer(Answer):
    """A page of the register."""

    items = fields.List(fields.Nested(DecisionSummary))


@blueprint.get("/approvals")
@requires("approval.list")
@blueprint.arguments(ApprovalsQuery, location="query")
@blueprint.response(200, ApprovalsAnswer)
def get_approvals(query: dict[str, Any]) -> dict[str, Any]:
    """What the caller's bodies are asked, and what the caller's groups asked."""
    return {"items": look(list_approvals, **query)}


@blueprint.get("/approvals/<uuid:approval_id>")
@requires("approval.read")
@blueprint.response(200, ApprovalAnswer)
def get_approval(approval_id: UUID) -> dict[str, Any]:
    """A request to an approving body."""
    return look_live(one_approval, approval_id)


@blueprint.post("/approvals/<uuid:approval_id>/grant")
@requires("approval.answer")
@blueprint.arguments(GrantBody, required=False)
@blueprint.response(200, ApprovalAnswer)
def post_grant(body: dict[str, Any], approval_id: UUID) -> dict[str, Any]:
    """Agree: the recommendation becomes a decision."""
    act(grant_approval, GrantApproval(approval_id, body["note"]))
    return look(one_approval, approval_id)


@blueprint.post("/approvals/<uuid:approval_id>/grant-with-changes")
@requires("approval.answer")
@blueprint.arguments(ChangesBody)
@blueprint.response(200, ApprovalAnswer)
def post_grant_with_changes(body: dict[str, Any], approval_id: UUID) -> dict[str, Any]:
    """Agree to another text, which the group tunes and consents to, or not."""
    act(grant_with_changes, GrantWithChanges(approval_id, **body))
    return look(one_approval, approval_id)


@blueprint.post("/approvals/<uuid:approval_id>/return")
@requires("approval.answer")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, ApprovalAnswer)
def post_return(body: dict[str, Any], approval_id: UUID) -> dict[str, Any]:
    """Send the proposal back with reasons."""
    act(return_approval, ReturnApproval(approval_id, body["reason"]))
    return look(one_approval, approval_id)


@blueprint.post("/approvals/<uuid:approval_id>/refuse")
@requires("approval.answer")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, ApprovalAnswer)
def post_refusal(body: dict[str, Any], approval_id: UUID) -> dict[str, Any]:
    """Refuse the proposal with reasons."""
    act(refuse_approval, RefuseApproval(approval_id, body["reason"]))
    return look(one_approval, approval_id)


@blueprint.get("/decisions")
@requires("decision.list")
@blueprint.arguments(DecisionsQuery, location="query")
@blueprint.response(200, DecisionsAnswer)
def get_decisions(query: dict[str, Any]) -> dict[str, Any]:
    """The register: decisions in force for everybody, all of them for those who belong."""
    return {"items": look(list_decisions, **query)}


@blueprint.get("/decisions/<uuid:decision_id>")
@requires("decision.read")
@blueprint.response(200, DecisionAnswer)
def get_decision(decision_id: UUID) -> dict[str, Any]:
    """A decision with its tasks and minutes."""
    return look_live(one_decision, decision_id)


@blueprint.post("/decisions/<uuid:decision_id>/review")
@requires("decision.review")
@blueprint.arguments(ReviewBody)
@blueprint.response(200, DecisionAnswer)
def post_review(body: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """Conclude the review of a decision: keep, drop or evolve."""
    outcome = ReviewOutcome(body.pop("outcome"))
    act(review_decision, ReviewDecision(decision_id, outcome, **body))
    return look(one_decision, decision_id)


@blueprint.post("/tasks/<uuid:task_id>/done")
@requires("task.finish")
@blueprint.response(200, TaskAnswer)
def post_done(task_id: UUID) -> dict[str, Any]:
    """The task is done."""
    act(finish_task, FinishTask(task_id))
    return look(one_task, task_id)
