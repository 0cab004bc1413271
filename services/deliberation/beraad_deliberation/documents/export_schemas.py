"""Whole exports: `beraad.proposal/1` and `beraad.group/1`. docs/exports.md tells them in words."""

from __future__ import annotations

from marshmallow import INCLUDE, fields, validate

from beraad_deliberation.documents import decision_schemas as deciding
from beraad_deliberation.documents import text_schemas as texts
from beraad_deliberation.documents.judged import ProfileDocument
from beraad_deliberation.documents.trail_schemas import Exported, ExportedObjection, ExportedPerson

PROPOSAL_FORMAT, GROUP_FORMAT = "beraad.proposal/1", "beraad.group/1"


class ExportedGroup(Exported):
    """The group as it is known now."""

    id = fields.UUID()
    kind = fields.String()
    name = fields.String()
    theme = fields.String()
    time_zone = fields.String()
    approving_body_id = fields.UUID(allow_none=True)
    decision_profile = fields.String()
    ended = fields.Boolean()


class ExportedProposal(Exported):
    """A proposal and all that belongs to it, each list oldest first."""

    proposal = fields.Nested(texts.ExportedProposalFacts)
    versions = fields.List(fields.Nested(texts.ExportedVersion))
    stage_moves = fields.List(fields.Nested(texts.ExportedStageMove))
    questions = fields.List(fields.Nested(texts.ExportedQuestion))
    reactions = fields.List(fields.Nested(texts.ExportedReaction))
    amendments = fields.List(fields.Nested(texts.ExportedAmendment))
    rounds = fields.List(fields.Nested(deciding.HeldRound))
    objections = fields.List(fields.Nested(ExportedObjection))
    votes = fields.List(fields.Nested(deciding.HeldVote))
    approvals = fields.List(fields.Nested(deciding.ExportedApproval))
    decision = fields.Nested(deciding.ExportedDecision, allow_none=True)
    contributions = fields.List(fields.Nested(texts.ExportedContribution))


class ProposalDocument(ExportedProposal):
    """One proposal, whole."""

    format = fields.String(validate=validate.Equal(PROPOSAL_FORMAT))
    exported_at = fields.AwareDateTime()
    group = fields.Nested(ExportedGroup)
    people = fields.List(fields.Nested(ExportedPerson))


class ExportedProfileSet(Exported):
    """How the group decided from then on, and why."""

    revision = fields.Integer()
    profile = fields.Nested(ProfileDocument)
    reason = fields.String()
    set_by = fields.UUID(allow_none=True)
    set_at = fields.AwareDateTime()


class RegisterLine(Exported):
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


class GroupDocument(Exported):
    """A group, whole. Members that this release does not know may stand beside these."""

    class Meta:
        """The format grows at its top."""

        unknown = INCLUDE

    format = fields.String(validate=validate.Equal(GROUP_FORMAT))
    exported_at = fields.AwareDateTime()
    group = fields.Nested(ExportedGroup)
    people = fields.List(fields.Nested(ExportedPerson))
    profiles = fields.List(fields.Nested(ExportedProfileSet))
    register = fields.List(fields.Nested(RegisterLine))
    proposals = fields.List(fields.Nested(ExportedProposal))
    contributions = fields.List(fields.Nested(texts.ExportedContribution))
    ledger = fields.Dict(
        metadata={"description": "What `beraad verify` checks: docs/record.md, record.schema.json"}
    )
