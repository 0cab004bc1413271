"""The shape of what an export tells of rounds, votes, approvals and decisions."""

from __future__ import annotations

from marshmallow import fields

from beraad_deliberation.documents.judged import ProfileDocument, RoundDocument, VoteDocument
from beraad_deliberation.documents.trail_schemas import Exported, word
from beraad_deliberation.domain.approvals import ApprovalState
from beraad_deliberation.domain.decisions import DecisionState
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.votes import Choice


class ExportedDeparture(Exported):
    """An elector who left the electorate before the close, or recused themselves."""

    person_id = fields.UUID()
    departed_at = fields.AwareDateTime()
    departed_reason = fields.String()
    departed_note = fields.String(allow_none=True)
    departed_by = fields.UUID(allow_none=True)
    notified = fields.Boolean()
    present = fields.Boolean(metadata={"description": "Was there, in a live round"})


class ExportedGiven(Exported):
    """Who gave an answer to which version, and when."""

    person_id = fields.UUID()
    version = fields.Integer()
    given_at = fields.AwareDateTime()


class ExportedResponse(ExportedGiven):
    """An elector's answer."""

    answer = word(Answer)
    concern = fields.String(allow_none=True)
    recorded_by = fields.UUID(
        allow_none=True, metadata={"description": "Who wrote down what was spoken in a live round"}
    )
    contested_at = fields.AwareDateTime(allow_none=True)
    contest_reason = fields.String(allow_none=True)


class ExportedBallot(ExportedGiven):
    """An elector's ballot."""

    choice = word(Choice)


class HeldRun(Exported):
    """What rounds and votes share. While one runs, `judged` is null and nobody's answer is told."""

    id = fields.UUID()
    revision = fields.Integer()
    title = fields.String()
    version = fields.Integer()
    profile = fields.Nested(ProfileDocument)
    opened_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    electors = fields.Integer()
    electorate_hash = fields.String()
    electorate_epoch = fields.Integer()
    electorate_position = fields.Integer()
    override_reason = fields.String(allow_none=True)
    state = word(RunState)
    closed_at = fields.AwareDateTime(allow_none=True)
    close_reason = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    reasons = fields.List(fields.String())
    eligible = fields.Integer(allow_none=True)
    departures = fields.List(fields.Nested(ExportedDeparture))


class ExportedDifference(Exported):
    """How the roster differed from the electorate at the close: counts, and the first hundred of each."""

    joined = fields.Integer()
    left = fields.Integer()
    joined_ids = fields.List(fields.UUID())
    left_ids = fields.List(fields.UUID())


class HeldRound(HeldRun):
    """A consent round. `judged` is the document anyone can judge it by."""

    number = fields.Integer()
    answers = fields.List(word(Answer))
    silence = fields.Boolean()
    live = fields.Boolean()
    live_ended_at = fields.AwareDateTime(allow_none=True)
    meeting_id = fields.UUID(allow_none=True)
    present_ids = fields.List(
        fields.UUID(), metadata={"description": "Of a closed live round: who was there"}
    )
    calls = fields.Integer()
    present = fields.Integer(allow_none=True)
    consents = fields.Integer(allow_none=True)
    tacit = fields.Integer(allow_none=True)
    objections = fields.Integer(allow_none=True)
    responses_root = fields.String(allow_none=True)
    difference = fields.Nested(ExportedDifference, allow_none=True)
    responses = fields.List(fields.Nested(ExportedResponse))
    judged = fields.Nested(RoundDocument, allow_none=True)


class HeldVote(HeldRun):
    """A majority vote."""

    in_favor = fields.Integer(allow_none=True)
    against = fields.Integer(allow_none=True)
    abstained = fields.Integer(allow_none=True)
    ballots = fields.List(fields.Nested(ExportedBallot))
    judged = fields.Nested(VoteDocument, allow_none=True)


class ExportedApproval(Exported):
    """A request to the approving body, and its answer."""

    id = fields.UUID()
    revision = fields.Integer()
    body_id = fields.UUID()
    title = fields.String()
    version = fields.Integer()
    due_on = fields.Date()
    overdue_at = fields.AwareDateTime()
    requested_at = fields.AwareDateTime()
    proposer_ids = fields.List(fields.UUID())
    verdict_reasons = fields.List(fields.String())
    state = word(ApprovalState)
    reason = fields.String()
    answered_by = fields.UUID(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


class ExportedTask(Exported):
    """What somebody is to do for the decision."""

    id = fields.UUID()
    revision = fields.Integer()
    owner_id = fields.UUID()
    title = fields.String()
    due_on = fields.Date()
    due_at = fields.AwareDateTime()
    done_at = fields.AwareDateTime(allow_none=True)


class ExportedMinutes(Exported):
    """Approved minutes that speak of the proposal."""

    minutes_id = fields.UUID()
    meeting_id = fields.UUID()
    title = fields.String()


class ExportedDecision(Exported):
    """What was adopted: number in its group, text, the verdict's reasons, its latest review."""

    id = fields.UUID()
    revision = fields.Integer()
    number = fields.Integer()
    version = fields.Integer()
    kind = fields.String()
    title = fields.String()
    text = fields.String()
    reasons = fields.List(fields.String())
    adopted_at = fields.AwareDateTime()
    effective_on = fields.Date()
    effective_at = fields.AwareDateTime()
    review_on = fields.Date(allow_none=True)
    review_at = fields.AwareDateTime(allow_none=True)
    expires_on = fields.Date(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)
    questions = fields.List(fields.String())
    groups = fields.List(fields.Dict())
    supersedes_id = fields.UUID(allow_none=True)
    superseded_by_id = fields.UUID(allow_none=True)
    state = word(DecisionState)
    review_outcome = fields.String(allow_none=True)
    review_note = fields.String()
    tasks = fields.List(fields.Nested(ExportedTask))
    minutes = fields.List(fields.Nested(ExportedMinutes))
