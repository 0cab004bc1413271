"""Field kinds the contracts share, so that a date looks the same in every event."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from marshmallow import fields, validate

PERSONAL: dict[str, Any] = {"metadata": {"personal": True}}
"""Options of a field that tells something about the contract's person: erasing them rewrites it in the log."""


def identifier(**options: Any) -> fields.UUID:
    """An id, or null where `allow_none`."""
    return fields.UUID(required=True, **options)


def string(limit: int = 500, **options: Any) -> fields.String:
    """A string of at most `limit` characters."""
    return fields.String(required=True, validate=validate.Length(max=limit), **options)


def one_of(*choices: str, **options: Any) -> fields.String:
    """One word of a closed list."""
    return fields.String(required=True, validate=validate.OneOf(choices), **options)


def counter(**options: Any) -> fields.Integer:
    """A whole number from zero."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=0), **options)


def instant(**options: Any) -> fields.AwareDateTime:
    """An instant in UTC."""
    return fields.AwareDateTime(required=True, default_timezone=UTC, **options)


def day(**options: Any) -> fields.Date:
    """A calendar day in the organisation's zone."""
    return fields.Date(required=True, **options)


def flag(**options: Any) -> fields.Boolean:
    """True or false."""
    return fields.Boolean(required=True, **options)


def words(**options: Any) -> fields.List[str]:
    """A list of short words (codes, roles, profiles)."""
    return fields.List(fields.String(validate=validate.Length(max=100)), required=True, **options)


def sentences(**options: Any) -> fields.List[str]:
    """A list of what people wrote in a sentence or two."""
    return fields.List(fields.String(validate=validate.Length(max=1000)), required=True, **options)


def identifiers(**options: Any) -> fields.List[Any]:
    """A short list of ids (never an electorate)."""
    return fields.List(fields.UUID(), required=True, validate=validate.Length(max=100), **options)


def document(**options: Any) -> fields.Dict:
    """A JSON object whose shape the docstring of the event tells."""
    return fields.Dict(keys=fields.String(), required=True, **options)
