"""The shape of what an export tells of a proposal and its texts."""

from __future__ import annotations

from marshmallow import fields

from beraad_deliberation.documents.judged import ProfileDocument
from beraad_deliberation.documents.trail_schemas import Exported, word
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.contributions import ContributionState
from beraad_deliberation.domain.stages import Stage


class ExportedProposalFacts(Exported):
    """A proposal as it stands. `text` is that of its latest version, or the draft's."""

    id = fields.UUID()
    revision = fields.Integer()
    kind = fields.String()
    title = fields.String()
    driver = fields.String()
    text = fields.String()
    theme = fields.String()
    stage = word(Stage)
    phase_ends_at = fields.AwareDateTime(allow_none=True)
    withdraws_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Withdrawn then, unless somebody takes it over"}
    )
    granted_version = fields.Integer(
        allow_none=True, metadata={"description": "The text the approving body agreed to beforehand"}
    )
    proposer_ids = fields.List(fields.UUID())
    responsible_id = fields.UUID()
    created_at = fields.AwareDateTime()
    effective_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True)
    approval_due_on = fields.Date(allow_none=True)
    tasks = fields.List(fields.Dict())
    groups = fields.List(fields.Dict())
    supersedes_id = fields.UUID(allow_none=True)
    version = fields.Integer()
    version_hash = fields.String(allow_none=True)
    profile = fields.Nested(ProfileDocument, allow_none=True)
    rounds_held = fields.Integer()
    last_round_version = fields.Integer(allow_none=True)
    round_id = fields.UUID(allow_none=True)
    vote_id = fields.UUID(allow_none=True)
    approval_id = fields.UUID(allow_none=True)
    decision_id = fields.UUID(allow_none=True)


class ExportedVersion(Exported):
    """A version: `hash` is SHA-256 over number, text and the version before."""

    number = fields.Integer()
    text = fields.String()
    text_hash = fields.String()
    previous_hash = fields.String(allow_none=True)
    hash = fields.String()
    author_id = fields.UUID(allow_none=True)
    amendment_id = fields.UUID(allow_none=True)
    note = fields.String()
    published_at = fields.AwareDateTime()
    editorial = fields.Boolean()


class ExportedStageMove(Exported):
    """What a facilitator did by hand, or the time did (`moved_by` is null), and why."""

    from_stage = word(Stage)
    to_stage = word(Stage)
    reason = fields.String()
    moved_by = fields.UUID(allow_none=True)
    moved_at = fields.AwareDateTime()


class ExportedQuestion(Exported):
    """A question and its answer."""

    id = fields.UUID()
    asked_by = fields.UUID()
    text = fields.String()
    asked_at = fields.AwareDateTime()
    answer = fields.String(allow_none=True)
    answered_by = fields.UUID(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


class ExportedReaction(Exported):
    """A reaction; `passes`: nothing to say."""

    id = fields.UUID()
    person_id = fields.UUID()
    text = fields.String()
    passes = fields.Boolean()
    given_at = fields.AwareDateTime()


class ExportedEdit(Exported):
    """`text` takes the place of `[start, end)`, in characters of the base version."""

    start = fields.Integer()
    end = fields.Integer()
    text = fields.String()


class ExportedClash(Exported):
    """Where two changes meet."""

    before = fields.String()
    mine = fields.String()
    theirs = fields.String()


class ExportedAmendment(Exported):
    """An amendment in whatever state."""

    id = fields.UUID()
    revision = fields.Integer()
    title = fields.String()
    author_id = fields.UUID()
    base_version = fields.Integer()
    edits = fields.List(fields.Nested(ExportedEdit))
    original = fields.String()
    replacement = fields.String()
    rationale = fields.String()
    proposed_at = fields.AwareDateTime()
    duplicate_of_id = fields.UUID(allow_none=True)
    state = word(AmendmentState)
    settled_at = fields.AwareDateTime(allow_none=True)
    accepted_in_version = fields.Integer(allow_none=True)
    clashes = fields.List(fields.Nested(ExportedClash))
    editorial = fields.Boolean()
    takes_effect_at = fields.AwareDateTime(allow_none=True)
    contested_by = fields.UUID(allow_none=True)
    contest_reason = fields.String(allow_none=True)
    promoted_to_id = fields.UUID(allow_none=True)


class ExportedContribution(Exported):
    """A published contribution."""

    id = fields.UUID()
    revision = fields.Integer()
    theme = fields.String()
    title = fields.String()
    text = fields.String()
    link = fields.String()
    proposal_id = fields.UUID(allow_none=True)
    author_id = fields.UUID()
    author_name = fields.String()
    added_at = fields.AwareDateTime()
    state = word([ContributionState.PUBLISHED])
    published_at = fields.AwareDateTime()
