"""Whole exports: `beraad.proposal/1` and `beraad.group/1`. docs/exports.md tells them in words."""

from __future__ import annotations

from marshmallow import INCLUDE, fields, validate

from beraad_deliberation.documents import decision_schemas as deciding
from beraad_deliberation.documents import text_schemas as texts
from beraad_deliberation.documents.judged import ProfileDocument
from beraad_deliberation.documents.trail_schemas import ObjectionRecord, PersonRecord, Record

PROPOSAL_FORMAT, GROUP_FORMAT = "beraad.proposal/1", "beraad.group/1"


class GroupFacts(Record):
    """The group as it is known now."""

    id = fields.UUID()
    kind = fields.String()
    name = fields.String()
    theme = fields.String()
    time_zone = fields.String()
    approving_body_id = fields.UUID(allow_none=True)
    decision_profile = fields.String()
    ended = fields.Boolean()


class ProposalRecord(Record):
    """A proposal and all that belongs to it, each list oldest first."""

    proposal = fields.Nested(texts.ProposalFacts)
    versions = fields.List(fields.Nested(texts.VersionRecord))
    stage_moves = fields.List(fields.Nested(texts.StageMoveRecord))
    questions = fields.List(fields.Nested(texts.QuestionRecord))
    reactions = fields.List(fields.Nested(texts.ReactionRecord))
    amendments = fields.List(fields.Nested(texts.AmendmentRecord))
    rounds = fields.List(fields.Nested(deciding.RoundRecord))
    objections = fields.List(fields.Nested(ObjectionRecord))
    votes = fields.List(fields.Nested(deciding.VoteRecord))
    approvals = fields.List(fields.Nested(deciding.ApprovalRecord))
    decision = fields.Nested(deciding.DecisionRecord, allow_none=True)
    contributions = fields.List(fields.Nested(texts.ContributionRecord))


class ProposalDocument(ProposalRecord):
    """One proposal, whole."""

    format = fields.String(validate=validate.Equal(PROPOSAL_FORMAT))
    exported_at = fields.AwareDateTime()
    group = fields.Nested(GroupFacts)
    people = fields.List(fields.Nested(PersonRecord))


class ProfileSetRecord(Record):
    """How the group decided from then on, and why."""

    revision = fields.Integer()
    profile = fields.Nested(ProfileDocument)
    reason = fields.String()
    set_by = fields.UUID(allow_none=True)
    set_at = fields.AwareDateTime()


class RegisterRecord(Record):
    """A line of the group's register; the decision itself stands with its proposal."""

    number = fields.Integer()
    decision_id = fields.UUID()
    proposal_id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    state = fields.String()
    adopted_at = fields.AwareDateTime()
    effective_on = fields.Date()
    review_on = fields.Date(allow_none=True)
    supersedes_id = fields.UUID(allow_none=True)
    superseded_by_id = fields.UUID(allow_none=True)


class GroupDocument(Record):
    """A group, whole. Members that this release does not know may stand beside these."""

    class Meta:
        """The format grows at its top."""

        unknown = INCLUDE

    format = fields.String(validate=validate.Equal(GROUP_FORMAT))
    exported_at = fields.AwareDateTime()
    group = fields.Nested(GroupFacts)
    people = fields.List(fields.Nested(PersonRecord))
    profiles = fields.List(fields.Nested(ProfileSetRecord))
    register = fields.List(fields.Nested(RegisterRecord))
    proposals = fields.List(fields.Nested(ProposalRecord))
    contributions = fields.List(fields.Nested(texts.ContributionRecord))
