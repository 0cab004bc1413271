"""docs/exports.md: what stands in an export, from its schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields, validate

from beraad_deliberation.documents.export_schemas import GroupDocument, ProposalDocument
from beraad_deliberation.documents.judged import ProfileDocument, RoundDocument, VoteDocument
from beraad_deliberation.documents.trail_schemas import Exported, ExportedStep
from docs.generate.words import code, sentence, table

INTRODUCTION = """# Exports

Everything there is to tell about a proposal, or about a whole group, in one document: to keep, to read, to check, to take elsewhere. Those who belong to
the group read it, as they read its proposals.

| | As data | To read | |
|---|---|---|---|
| A proposal | `GET /v1/proposals/{proposal_id}/export` | `…/export.html` | format `beraad.proposal/1` |
| A group | `GET /v1/groups/{group_id}/export` | `…/export.html` | format `beraad.group/1` |
| Trails of objections | `GET /v1/proposals/{proposal_id}/trail` | `…/trail.svg` | also in both formats, as `objections` |

The pages are one file each: no script, nothing from elsewhere, fit for paper, a phone and the dark. Their texts are in English, their times in the
group's time zone. In the data times are ISO 8601 in UTC, positions count characters, nothing is rounded.

- All of a document is of one moment, `exported_at`.
- Every member is there; where there is nothing, it is null, or a list without entries. Only a step has what it needs and no more.
- Of a round or vote that runs, nobody's answer is told: `judged` is null, `responses` and `ballots` are empty. `judged` of a closed one is
  the document that anyone can [judge again](deciding.md#judging-a-round-again).
- People are ids; `people` has their names as they are known now. Who was erased has a pseudonym there. What people wrote stands as they wrote it.
- Contributions are the published ones. An answer that was replaced before the close is not told.
- How to check that what a group decided was not changed afterwards is told in [the record](record.md).
- `beraad.group/1` may get more members at its top; what is inside them changes with the number of the format.
- A group of more than 1,000 proposals, or whose rounds and votes asked more than 50,000 people in all, is refused (`ExportIsTooLarge`): export
  its proposals one by one, for which there is no limit. The database is asked as often for a thousand proposals as for one."""

TRAILS = """### What happened to an objection

`steps` are in the order of time. `at` is null where the moment was not kept; such a step stands behind the one it follows from.

{}

Beside `step` and `at`:

{}"""
STEPS = (
    ("raised", "`person_id`, `round`, `version`"),
    ("follows, followed_by", "`objection_id`: the same objector's earlier or later one"),
    ("orphaned", "`person_id`, who left the group"),
    ("adopted", "`person_id`, who made it theirs"),
    ("opinions", "`qualifies` and `does_not_qualify`: how many find so; `at` is that of the last one"),
    ("ruled", "`valid`, `reason`: the facilitator's ruling"),
    ("appealed", "`person_id`"),
    ("tested", "`valid`, and `by` which test"),
    (
        "integrated",
        "`version`, `strategy`, `note`, `owner_id`, `due_on`; `amendment_id` that became the version, with its author",
    ),
    (
        "answered",
        "`round`, `version`, `answer`: the objector's answers in later rounds that are closed; `at` is the close",
    ),
    ("took_in, merged_into", "`objection_id`"),
    ("settled", "`state`"),
)
FORMATS: dict[type[Schema], str] = {
    GroupDocument: "`beraad.group/1`",
    ProposalDocument: "`beraad.proposal/1`",
}
TOLD_IN_DECIDING = (ProfileDocument, RoundDocument, VoteDocument)


def page() -> str:
    """The whole page."""
    told: list[type[Schema]] = []
    parts = [INTRODUCTION]
    for level, schema in _schemas(GroupDocument, ProposalDocument):
        if schema in told:
            continue
        told.append(schema)
        parts.append(_trail() if schema is ExportedStep else _section(level, schema))
    return "\n\n".join(parts)


def _schemas(*documents: type[Schema]) -> Iterator[tuple[int, type[Schema]]]:
    """The documents, then what stands in them, in the order in which it is named."""
    waiting = [(2, one) for one in documents]
    for level, schema in waiting:
        yield level, schema
        waiting += [(3, inner) for _, field in _members(schema) if (inner := _inner(field)) is not None]


def _members(schema: type[Schema]) -> list[tuple[str, fields.Field[Any]]]:
    return list(schema().fields.items())


def _inner(field: fields.Field[Any]) -> type[Schema] | None:
    field = field.inner if isinstance(field, fields.List) else field
    nested = type(field.schema) if isinstance(field, fields.Nested) else None
    return nested if nested and issubclass(nested, Exported) else None


def _section(level: int, schema: type[Schema]) -> str:
    return f"{'#' * level} {_title(schema)}\n\n{sentence(schema, schema.__name__)}\n\n{_fields(schema)}"


def _trail() -> str:
    steps = table(["Step", "Tells"], [[", ".join(map(code, one.split(", "))), what] for one, what in STEPS])
    return TRAILS.format(steps, _fields(ExportedStep))


def _title(schema: type[Schema]) -> str:
    """`ExportedStageMove` → `Stage move`; a document by its format."""
    if schema in FORMATS:
        return FORMATS[schema]
    name = schema.__name__.removeprefix("Exported").removeprefix("Held").removesuffix("Document")
    words = "".join(f" {one.lower()}" if one.isupper() else one for one in name).strip()
    return words.capitalize()


def _fields(schema: type[Schema]) -> str:
    rows = [
        [code(name), _kind(field), str(field.metadata.get("description", ""))]
        for name, field in _members(schema)
    ]
    if not any(note for *_, note in rows):
        return table(["Member", "Is"], [row[:2] for row in rows])
    return table(["Member", "Is", "Note"], rows)


def _kind(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return f"list of {_kind(field.inner)}"
    kind = _nested(field) if isinstance(field, fields.Nested) else _words(field) or KINDS[type(field)]
    return f"{kind}, or null" if field.allow_none else kind


def _nested(field: fields.Nested) -> str:
    schema = type(field.schema)
    if schema in TOLD_IN_DECIDING:
        return f"[{_title(schema).lower()}](deciding.md)"
    title = "what happened" if schema is ExportedStep else _title(schema).lower()
    anchor = "what-happened-to-an-objection" if schema is ExportedStep else title.replace(" ", "-")
    return f"[{title}](#{anchor})"


def _words(field: fields.Field[Any]) -> str:
    choices = [one.choices for one in field.validators if isinstance(one, validate.OneOf)]
    exact = [[one.comparable] for one in field.validators if isinstance(one, validate.Equal)]
    return ", ".join(code(one) for one in (choices + exact)[0]) if choices or exact else ""


KINDS: dict[type, str] = {
    fields.UUID: "id",
    fields.String: "text",
    fields.Integer: "whole number",
    fields.Boolean: "true or false",
    fields.AwareDateTime: "instant",
    fields.Date: "day",
    fields.Dict: "object",
}
