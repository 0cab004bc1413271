"""The shapes of proposals and versions in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from beraad.contracts.deliberation import PROPOSAL_KINDS, STAGES
from beraad.contracts.membership import ROLES
from beraad.http import Answer, Body, PageQuery, Query, ResourceAnswer, line
from beraad_deliberation.api.integrating import IntegratingBody
from beraad_deliberation.api.texts import counter, day, heading, ids, prose, words
from beraad_deliberation.domain.annex import ComposedOf, GroupToConstitute
from beraad_deliberation.domain.profiles import PRESETS
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.use_cases.draft_proposal import PlannedTask

SEATS = validate.Range(min=0, max=100_000)
ATTRIBUTE = validate.Regexp(
    r"^[a-z][a-z0-9_]{0,39}\Z", error="lower-case letters, digits and _, at most 40 characters"
)
MOVABLE = (Stage.CLARIFYING.value, Stage.REACTING.value, Stage.TUNING.value)


class QuotaBody(Body):
    """At least `min`, at most `max` seats."""

    min = fields.Integer(required=True, strict=True, validate=SEATS)
    max = fields.Integer(required=True, strict=True, validate=SEATS)


def quotas_by_value() -> fields.Dict:
    """Value (of the profile, or of another attribute) → how many seats."""
    values = fields.String(validate=validate.Length(min=1, max=100))
    return fields.Dict(keys=values, values=fields.Nested(QuotaBody), validate=validate.Length(max=50))


class CompositionBody(Body):
    """What the composition of a group to constitute must be."""

    size_min = fields.Integer(strict=True, validate=SEATS)
    size_max = fields.Integer(strict=True, validate=SEATS)
    quotas = quotas_by_value()
    attribute_quotas = fields.Dict(
        keys=fields.String(validate=ATTRIBUTE), values=quotas_by_value(), validate=validate.Length(max=10)
    )
    required_roles = fields.List(
        fields.String(validate=validate.OneOf(ROLES)), validate=validate.Length(max=len(ROLES))
    )
    term_months = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1, max=600))
    renewals_max = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=100))

    @post_load
    def composed(self, body: dict[str, Any], **_options: Any) -> ComposedOf:
        """As the domain knows it."""
        told: dict[str, Any] = {
            "quotas": _limits(body.pop("quotas", {})),
            "attribute_quotas": {
                attribute: _limits(quotas) for attribute, quotas in body.pop("attribute_quotas", {}).items()
            },
            "required_roles": tuple(body.pop("required_roles", ())),
        }
        return ComposedOf(**body, **told)


def _limits(quotas: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {value: (quota["min"], quota["max"]) for value, quota in quotas.items()}


class GroupBody(Body):
    """A group the decision creates, with its mandate `[starts_on, ends_on)`."""

    name = heading(required=True)
    theme = line(blank=True)
    aim = prose(4000)
    deliverables = prose(4000)
    starts_on = day(required=True)
    ends_on = day(allow_none=True)
    approving_body_id = fields.UUID(allow_none=True)
    decision_profile = fields.String(validate=validate.OneOf(list(PRESETS)))
    policy = fields.Nested(CompositionBody)

    @post_load
    def constituted(self, body: dict[str, Any], **_options: Any) -> GroupToConstitute:
        """As the domain knows it."""
        return GroupToConstitute(**body)


class TaskBody(Body):
    """What somebody is to do once the proposal is adopted."""

    title = heading(required=True)
    owner_id = fields.UUID(required=True)
    due_on = day(required=True)

    @post_load
    def planned(self, body: dict[str, Any], **_options: Any) -> PlannedTask:
        """As the use case knows it."""
        return PlannedTask(**body)


class ProposalChanges(Body):
    """What to change in a draft; what is not named stays."""

    title = heading()
    driver = prose(4000)
    text = prose()
    theme = line(blank=True)
    responsible_id = fields.UUID()
    effective_on = day(allow_none=True)
    review_on = day(allow_none=True)
    approval_due_on = day(allow_none=True)
    tasks = fields.List(fields.Nested(TaskBody), validate=validate.Length(max=50))
    groups = fields.List(fields.Nested(GroupBody), validate=validate.Length(max=50))


class ProposalBody(ProposalChanges):
    """A proposal to draft. Without `proposer_ids` the caller proposes; `groups` only for constitute_group."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry drafts once"})
    group_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(PROPOSAL_KINDS))
    title = heading(required=True)
    proposer_ids = ids(20)
    supersedes_id = fields.UUID(
        allow_none=True, metadata={"description": "The decision this one shall stand instead of"}
    )


class MoveBody(Body):
    """Where to, and why: needed while questions are open or people have not reacted."""

    stage = fields.String(required=True, validate=validate.OneOf(MOVABLE))
    reason = words(load_default=None, allow_none=True)


class VersionBody(IntegratingBody):
    """The whole text, written against `base_version`, and the open objections it answers."""

    text = words(20_000, required=True)
    base_version = counter(required=True)
    note = prose(4000)


class ProposalsQuery(PageQuery):
    """Filters."""

    group_id = fields.UUID(load_default=None)
    stage = fields.String(load_default=None, validate=validate.OneOf(STAGES))


class ProposalSummary(Answer):
    """What a list and a single proposal have in common."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    driver = fields.String()
    text = fields.String()
    theme = fields.String()
    stage = fields.String(validate=validate.OneOf(STAGES))
    phase_ends_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When the time box of this phase is over"}
    )
    withdraws_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Withdrawn then, unless somebody takes it over"}
    )
    version = fields.Integer()
    proposer_ids = fields.List(fields.UUID())
    responsible_id = fields.UUID()
    created_at = fields.AwareDateTime()
    effective_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True)
    approval_due_on = fields.Date(allow_none=True)
    tasks = fields.List(fields.Dict())
    groups = fields.List(fields.Dict())
    supersedes_id = fields.UUID(allow_none=True)
    profile = fields.String(
        allow_none=True, metadata={"description": "Frozen when the first round or vote opens"}
    )
    rounds_held = fields.Integer()
    open_round_id = fields.UUID(allow_none=True)
    round_id = fields.UUID(allow_none=True, metadata={"description": "The latest round"})
    open_vote_id = fields.UUID(allow_none=True)
    vote_id = fields.UUID(allow_none=True, metadata={"description": "The latest vote"})
    approval_id = fields.UUID(
        allow_none=True, metadata={"description": "The latest request to the approving body"}
    )
    decision_id = fields.UUID(allow_none=True)


class ProposalAnswer(ProposalSummary, ResourceAnswer):
    """A proposal, with what the caller may do."""


class ListedProposal(ProposalSummary):
    """A proposal in a list, with what came of it so far."""

    questions_asked = fields.Integer()
    reactions_given = fields.Integer()


class ProposalsAnswer(Answer):
    """A page of proposals."""

    items = fields.List(fields.Nested(ListedProposal))


class VersionAnswer(Answer):
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


class RunAnswer(Answer):
    """A stretch of text: equal, removed or added."""

    kind = fields.String()
    text = fields.String()


class DifferenceQuery(Query):
    """From which earlier version; without it, the one before."""

    since = fields.Integer(load_default=None, validate=validate.Range(min=1))


class DifferenceAnswer(Answer):
    """What differs between two versions, word by word: as runs, and as HTML of the Markdown source."""

    from_version = fields.Integer()
    to_version = fields.Integer()
    runs = fields.List(fields.Nested(RunAnswer))
    html = fields.String()


class LineAnswer(Answer):
    """A line of the text, and what brought it."""

    line = fields.Integer()
    text = fields.String()
    version = fields.Integer()
    author_id = fields.UUID(allow_none=True)
    amendment_id = fields.UUID(allow_none=True)
    objection_ids = fields.List(fields.UUID())


class BlameAnswer(Answer):
    """Every line of the current text."""

    items = fields.List(fields.Nested(LineAnswer))


class VersionsAnswer(Answer):
    """All versions of a proposal."""

    items = fields.List(fields.Nested(VersionAnswer))
