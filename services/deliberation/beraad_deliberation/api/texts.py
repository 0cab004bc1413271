"""Field kinds several schemas share, so that a limit is named once."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate

from beraad.http import line
from beraad.http import words as shared_words
from beraad_deliberation.domain.proposals import LONGEST_TEXT

LONGEST_REASON = 4_000
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def heading(**options: Any) -> fields.String:
    """One line of at most 200 characters, not blank."""
    return line(**options)


def prose(limit: int = LONGEST_TEXT, **options: Any) -> fields.String:
    """At most `limit` characters, may be empty."""
    return fields.String(validate=validate.Length(max=limit), **options)


def words(limit: int = LONGEST_REASON, **options: Any) -> fields.String:
    """At most `limit` characters, not blank."""
    return shared_words(limit, **options)


def counter(**options: Any) -> fields.Integer:
    """A whole number from one that the database can hold."""
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=2**31 - 1), **options)


def day(**options: Any) -> fields.Date:
    """A calendar day people could mean."""
    return fields.Date(validate=validate.Range(EARLIEST, LATEST), **options)


def ids(most: int = 100, **options: Any) -> fields.List[Any]:
    """A short list of ids."""
    return fields.List(fields.UUID(), validate=validate.Length(max=most), **options)
