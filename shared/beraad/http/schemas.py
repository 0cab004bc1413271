"""The kinds of schema a route uses: what comes in is checked strictly, what goes out is promised."""

from __future__ import annotations

import re
from copy import copy
from functools import cached_property
from typing import Any
from unicodedata import category

from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, ValidationError, fields, validate
from marshmallow.schema import SchemaMeta

from beraad.http.writing import Steps, steps_of, write

HIDING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What ends a line or hides what stands in it: controls, line separators, embeddings and overrides of direction."""


def line(longest: int = 200, *, blank: bool = False, **options: Any) -> fields.String:
    """One line that people read: a title, a name, a place. Refused if it is nothing but space, unless it may be blank."""

    def readable(value: str) -> None:
        if HIDING.search(value):
            raise ValidationError("must be one line, without control characters")
        if not blank:
            _says_something(value)

    return fields.String(validate=[validate.Length(min=0 if blank else 1, max=longest), readable], **options)


def words(longest: int, *, blank: bool = False, **options: Any) -> fields.String:
    """Text of as many lines as need be: a reason, a report. Refused if it is nothing but space; `blank`: it may be empty."""

    def something(value: str) -> None:
        if value or not blank:
            _says_something(value)

    return fields.String(validate=[validate.Length(min=0 if blank else 1, max=longest), something], **options)


def _says_something(value: str) -> None:
    """Spaces, line breaks and marks without a width say nothing."""
    if all(one.isspace() or category(one) == "Cf" for one in value):
        raise ValidationError("may not be blank")


class Body(Schema):
    """A request body. Unknown fields are refused, so a typing error is noticed."""

    class Meta:
        """Strict."""

        unknown = RAISE


class Query(Schema):
    """Query parameters. Unknown ones are ignored."""

    class Meta:
        """Tolerant: proxies and links add parameters of their own."""

        unknown = EXCLUDE


class _Promised(SchemaMeta):
    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> SchemaMeta:
        schema = super().__new__(cls, name, bases, attributes)
        schema._declared_fields = {name: copy(field) for name, field in schema._declared_fields.items()}
        for field in schema._declared_fields.values():  # copies: a mixin's fields stand in requests too
            field.required = True
        return schema


class Answer(Schema, metaclass=_Promised):
    """A response body. Every field is always present, so generated client types are not all optional."""

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        """As marshmallow, by steps worked out once."""
        if many and obj is not None:
            return [self._serialize(one) for one in obj]
        return write(self, self._steps, obj)

    @cached_property
    def _steps(self) -> Steps:
        return steps_of(self)

    class Meta:
        """Clients ignore what they do not know: answers may grow."""

        unknown = EXCLUDE


class AllowedAction(Answer):
    """Whether the caller may do something with the resource now, and why not."""

    allowed = fields.Boolean()
    code = fields.String(metadata={"description": "Stable code of the refusal, empty when allowed"})
    reason = fields.String()


class ResourceAnswer(Answer):
    """A resource with its revision (also the ETag) and what the caller may do with it."""

    id = fields.UUID()
    revision = fields.Integer()
    allowed_actions = fields.Dict(keys=fields.String(), values=fields.Nested(AllowedAction))


class ProblemError(Answer):
    """One field that was refused."""

    pointer = fields.String(metadata={"description": "JSON Pointer into the body, or the parameter's name"})
    detail = fields.String()


class Problem(Schema):
    """RFC 9457 problem details. Some rules tell more about themselves in fields of their own."""

    class Meta:
        """Facts of the rule stand beside the standard's members."""

        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "Stable: the name of the rule"})
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(ProblemError))


class PendingItem(Answer):
    """Something that awaits the caller."""

    kind = fields.String()
    subject = fields.String(metadata={"description": "`<aggregate plural>/<id>`"})
    title = fields.String()
    group_id = fields.UUID(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)


class Pending(Answer):
    """What awaits the caller, most urgent first."""

    items = fields.List(fields.Nested(PendingItem))
