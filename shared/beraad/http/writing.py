"""Answers written by steps that are worked out once for each schema; marshmallow works them out for each object.

What a step does not expect (a value of another type, a field of another kind) is left to marshmallow, so that the JSON
is the same in every case; a test draws objects for every answer of every service and holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, missing

ABSENT = (KeyError, IndexError, TypeError, AttributeError)
"""What marshmallow takes for "not by that key": then it looks for an attribute."""
Quick = tuple[type, Callable[[Any], Any] | None]
"""Values of exactly this type, and what to make of them (nothing: they stay as they are)."""


Step = tuple[str, str, type, Callable[[Any], Any] | None, str, Any]
"""Its key in the answer, where its value is, values of which type go which way, the field's name and the field."""
Steps = tuple[Step, ...]


def steps_of(schema: Schema) -> Steps:
    """For each field that is written: how, if its value is what one would expect."""
    return tuple(_step(name, field) for name, field in schema.dump_fields.items())


def _step(name: str, field: Any) -> Step:
    kind, convert = quick(field) or (_Nothing, None)
    attribute = name if field.attribute is None else field.attribute
    if "." in str(attribute):
        kind = _Nothing
    return (name if field.data_key is None else field.data_key, attribute, kind, convert, name, field)


class _Nothing:
    """No value is of this type."""


def write(schema: Schema, steps: Steps, found: Any) -> dict[str, Any]:
    """What `schema` makes of one object."""
    written = {}
    for key, attribute, kind, convert, name, field in steps:
        try:
            value = found[attribute]
        except ABSENT:
            value = getattr(found, attribute, missing)
        if type(value) is kind:
            written[key] = value if convert is None else convert(value)
            continue
        if value is None and kind is not _Nothing:
            written[key] = None
            continue
        if kind is str and isinstance(value, str):  # a word of an enumeration
            written[key] = str(value)
            continue
        value = field.serialize(name, found, accessor=schema.get_attribute)
        if value is not missing:
            written[key] = value
    return written


def quick(field: Any) -> Quick | None:
    """What the field expects and makes of it, if that depends on nothing else; such a field makes None of None."""
    known = SIMPLE.get(type(field))
    if known is not None:
        plain, convert = known
        return (plain, convert) if _has_no_options(field) else None
    if type(field) is fields.Nested and not (field.many or field.schema.many):
        return dict, field.schema.dump
    if type(field) is fields.List and (inner := quick(field.inner)) is not None:
        return list, partial(_each, *inner, field.inner._serialize)  # noqa: SLF001 - as marshmallow's List
    return None


SIMPLE: dict[type, Quick] = {
    fields.String: (str, None),
    fields.UUID: (UUID, None),  # written by who writes JSON
    fields.Integer: (int, None),
    fields.Boolean: (bool, None),
    fields.AwareDateTime: (datetime, datetime.isoformat),
    fields.Date: (date, date.isoformat),
    fields.Dict: (dict, dict),
}


def _has_no_options(field: Any) -> bool:
    options = ("as_string", "format", "key_field", "value_field")
    return all(getattr(field, option, None) in (None, False, "iso") for option in options)


def _each(
    kind: type, convert: Callable[[Any], Any] | None, otherwise: Callable[..., Any], values: list[Any]
) -> list[Any]:
    if convert is None:
        return [value if type(value) is kind else otherwise(value, None, None) for value in values]
    return [convert(value) if type(value) is kind else otherwise(value, None, None) for value in values]
