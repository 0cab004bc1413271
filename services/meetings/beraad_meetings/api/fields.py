"""Kinds of field the shapes of this service share."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from beraad.contracts.meetings import MEETING_KINDS
from beraad.http import line

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
FIRST_YEAR, LAST_YEAR = 1970, 2199
SHARE = validate.Regexp(r"^(1/1|1/2|1/3|2/3|1/4|3/4|[1-4]/5)$", error="a share such as 1/2, 2/3 or 1/1")
LINK = validate.Regexp(r'^(https?://[^\s"<>]+)?$', error="an http or https address")


def _of_this_age(value: date) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(f"a date from {FIRST_YEAR} to {LAST_YEAR}")


def title(**options: Any) -> fields.String:
    """A title: one line, at most 200 characters."""
    return line(**options)


def kind(**options: Any) -> fields.String:
    """What sort of meeting."""
    return fields.String(validate=validate.OneOf(MEETING_KINDS), **options)


def place(**options: Any) -> fields.String:
    """Where, as people say it."""
    return line(500, blank=True, **options)


def remark(**options: Any) -> fields.String:
    """A line of explanation, or nothing."""
    return line(500, blank=True, **options)


def link(**options: Any) -> fields.String:
    """An address to join online, or nothing."""
    return fields.String(validate=[validate.Length(max=500), LINK], **options)


def duration(**options: Any) -> fields.Integer:
    """From five minutes to two weeks."""
    return fields.Integer(strict=True, validate=validate.Range(min=5, max=20_160), **options)


def despite_conflicts() -> fields.String:
    """Why people are booked all the same who are in another meeting at that time."""
    return reason("Why people are booked who are in another meeting at that time; kept and shown")


def reason(description: str) -> fields.String:
    """Why, in a line."""
    return line(1000, metadata={"description": description})


def day(**options: Any) -> fields.Date:
    """A day by the wall calendar."""
    return fields.Date(validate=_of_this_age, **options)


def instant(**options: Any) -> fields.AwareDateTime:
    """An instant, with its offset."""
    return fields.AwareDateTime(validate=_of_this_age, **options)


def clock_time(**options: Any) -> fields.Time:
    """A time by the wall clock, to the minute."""
    told = {"pattern": CLOCK, "example": "18:00"}
    return _ClockTime(format="%H:%M", metadata=told, **options)


class _ClockTime(fields.Time):
    """Two digits each: `strptime` would also take one."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(CLOCK, value):
            raise self.make_error("format", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, *arguments, **options)


def zone(**options: Any) -> fields.String:
    """A zone of the tz database; where none is named, the group's."""
    return fields.String(validate=validate.OneOf(ZONES), **options)
