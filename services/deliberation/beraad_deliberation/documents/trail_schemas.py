"""The shape of trails. Every member is there, except what a step has no use for."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import KINDS, Strategy
from beraad_deliberation.domain.profiles import ObjectionTest
from beraad_deliberation.domain.responding import Answer

STEPS = (
    "raised",
    "follows",
    "orphaned",
    "adopted",
    "opinions",
    "ruled",
    "appealed",
    "tested",
    "integrated",
    "answered",
    "followed_by",
    "took_in",
    "merged_into",
    "settled",
)


class Exported(Schema):
    """A part of a document: all its members are there, and no others."""

    class Meta:
        """Nothing is passed over."""

        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Null is said, not left out."""
        field_obj.required = field_name not in self.may_lack

    may_lack: frozenset[str] = frozenset()


def word(kind: Any, **options: Any) -> fields.String:
    """One of a closed list."""
    return fields.String(validate=validate.OneOf([str(one) for one in kind]), **options)


class ExportedPerson(Exported):
    """Somebody the document speaks of; of who was erased, the pseudonym."""

    id = fields.UUID()
    name = fields.String()


class ExportedOpinion(Exported):
    """What one elector finds of an objection."""

    person_id = fields.UUID()
    qualifies = fields.Boolean()
    reason = fields.String()
    given_at = fields.AwareDateTime()


class ExportedStep(Exported):
    """Something that happened to an objection; `at` is null where the moment was not kept. The rest as the step has it."""

    step = word(STEPS)
    at = fields.AwareDateTime(allow_none=True)
    person_id = fields.UUID()
    objection_id = fields.UUID()
    round = fields.Integer()
    version = fields.Integer()
    answer = word(Answer)
    qualifies = fields.Integer(metadata={"description": "How many find that it qualifies"})
    does_not_qualify = fields.Integer()
    valid = fields.Boolean()
    by = word(ObjectionTest)
    reason = fields.String()
    strategy = word(Strategy)
    note = fields.String()
    owner_id = fields.UUID(allow_none=True)
    due_on = fields.Date(allow_none=True)
    amendment_id = fields.UUID(allow_none=True, metadata={"description": "What became the version"})
    amendment_author_id = fields.UUID(allow_none=True)
    state = word(ObjectionState)
    may_lack = frozenset(
        [
            "person_id",
            "objection_id",
            "round",
            "version",
            "answer",
            "qualifies",
            "does_not_qualify",
            "valid",
            "by",
            "reason",
            "strategy",
            "note",
            "owner_id",
            "due_on",
            "amendment_id",
            "amendment_author_id",
            "state",
        ]
    )


class ExportedObjection(Exported):
    """An objection, raised in `round` against `version`, about `passage` of that version, with its steps in time order."""

    id = fields.UUID()
    round_id = fields.UUID()
    round = fields.Integer()
    version = fields.Integer()
    objector_id = fields.UUID(metadata={"description": "Who raised it, or who adopted it"})
    raised_by_id = fields.UUID()
    title = fields.String()
    reason = fields.String()
    kind = word(KINDS)
    passage = fields.String(allow_none=True)
    anchor_start = fields.Integer(allow_none=True)
    anchor_end = fields.Integer(allow_none=True)
    amendment_id = fields.UUID(allow_none=True, metadata={"description": "What would answer it"})
    raised_at = fields.AwareDateTime()
    state = word(ObjectionState)
    follows_id = fields.UUID(allow_none=True)
    merged_into_id = fields.UUID(allow_none=True)
    ruling_reason = fields.String(allow_none=True)
    appealable_until = fields.AwareDateTime(allow_none=True)
    appealed_at = fields.AwareDateTime(allow_none=True)
    integrated_in_version = fields.Integer(allow_none=True)
    strategy = word(Strategy, allow_none=True)
    strategy_note = fields.String()
    strategy_owner_id = fields.UUID(allow_none=True)
    strategy_due_on = fields.Date(allow_none=True)
    tested_at = fields.AwareDateTime(allow_none=True)
    settled_at = fields.AwareDateTime(allow_none=True)
    orphaned_from = word(ObjectionState, allow_none=True)
    orphaned_until = fields.AwareDateTime(allow_none=True)
    revision = fields.Integer()
    opinions = fields.List(fields.Nested(ExportedOpinion))
    steps = fields.List(fields.Nested(ExportedStep))


class TrailDocument(Exported):
    """Every objection to a proposal, oldest first, and the names of those they speak of."""

    title = fields.String()
    items = fields.List(fields.Nested(ExportedObjection))
    people = fields.List(fields.Nested(ExportedPerson))
