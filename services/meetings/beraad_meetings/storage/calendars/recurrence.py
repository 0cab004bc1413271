"""Recurrence rules (RFC 5545 §3.3.10): read by icalendar, expanded by dateutil."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import vRecur

from beraad.domain import InvalidRequest
from beraad_meetings.domain.local_time import instant_of
from beraad_meetings.domain.series import LONGEST_SPAN, MOST_OCCURRENCES, SeriesTooLong

POINTER = "/recurrence"
FIRST_YEAR, LAST_YEAR = 1970, 2199
SHORTEST_MONTH = 28
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
SHAPE = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*")


def normalize(recurrence: str, time_zone: str) -> str:
    """The rule as kept and published: one spelling, UNTIL in UTC (a day means its end). Raises `InvalidRequest`."""
    rule = _read(recurrence.strip().upper().removeprefix("RRULE:"))
    if "UNTIL" in rule:
        rule["UNTIL"] = [_utc(rule["UNTIL"][0], time_zone)]
    return _written(rule)


def begins(recurrence: str, earliest: datetime) -> datetime:
    """The naive local start of the first occurrence a normalized rule has from `earliest` on. Raises `InvalidRequest`."""
    rule = _read(recurrence)
    rule.pop("COUNT", None)
    rule["UNTIL"] = [earliest + LONGEST_SPAN]
    found = _expanded(rule, earliest, 1)
    if not found:
        raise InvalidRequest("this rule has no day within ten years", pointer=POINTER)
    return found[0]


def ended(recurrence: str, last: datetime) -> str:
    """The rule, ending with the occurrence at the instant `last`."""
    rule = _read(recurrence)
    rule.pop("COUNT", None)
    return _written(rule, last)


def continued(recurrence: str, starts: Sequence[datetime], time_zone: str) -> str:
    """The rule for these of its days, from the first on, at their (new) naive local starts."""
    rule = _read(recurrence)
    if "COUNT" in rule:
        rule["COUNT"] = [len(starts)]
        return _written(rule)
    last = instant_of(starts[-1], time_zone).starts_at
    if rule["UNTIL"][0] < last:  # the same days at a later hour
        return _written(rule, last)
    days = [one.date() for one in local_starts(recurrence, starts[0], time_zone)]
    return recurrence if days == [one.date() for one in starts] else _written(rule, last)


def _written(rule: Any, until: datetime | None = None) -> str:
    if until is not None:
        rule["UNTIL"] = [until.astimezone(UTC)]
    text: str = rule.to_ical().decode()
    return text


def local_starts(recurrence: str, first: datetime, time_zone: str) -> list[datetime]:
    """The naive local starts of a normalized rule. Raises `InvalidRequest`, `SeriesTooLong`."""
    rule = _read(recurrence)
    count = rule.pop("COUNT", [None])[0]
    horizon = first + LONGEST_SPAN
    until = (
        rule["UNTIL"][0].astimezone(ZoneInfo(time_zone)).replace(tzinfo=None) if "UNTIL" in rule else horizon
    )
    rule["UNTIL"] = [min(until, horizon)]
    starts = _expanded(rule, first, MOST_OCCURRENCES + 1 if count is None else count)
    _refuse_unfit(starts, first, count, until > horizon)
    return starts


def _expanded(rule: Any, first: datetime, wanted: int) -> list[datetime]:
    try:
        return list(islice(rrulestr(rule.to_ical().decode(), dtstart=first), wanted))
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise InvalidRequest(f"this rule cannot be expanded: {error}", pointer=POINTER) from error


def as_told(recurrence: str, first_on: date, last_at: datetime) -> vRecur:
    """The rule in words that other programs read alike: UNTIL the last start, and the day of the month, said plainly.

    ical.js counts one too many where BYMONTH leaves months out; rrule-temporal takes the 30th for a 31st not named.
    """
    rule: vRecur = vRecur.from_ical(recurrence)
    if rule["FREQ"] == ["MONTHLY"] and "BYMONTH" in rule and rule.pop("COUNT", None):
        rule["UNTIL"] = [last_at.astimezone(UTC)]
    by_month = rule["FREQ"] == ["MONTHLY"] or (rule["FREQ"] == ["YEARLY"] and "BYMONTH" in rule)
    if by_month and not {"BYDAY", "BYMONTHDAY"}.intersection(rule) and first_on.day > SHORTEST_MONTH:
        rule["BYMONTHDAY"] = [first_on.day]
    return rule


def _refuse_unfit(starts: list[datetime], first: datetime, count: int | None, beyond: bool) -> None:
    if not starts or starts[0] != first:
        hint = f", it begins on {starts[0]:%Y-%m-%d}" if starts else ""
        raise InvalidRequest(
            f"the first meeting is not one of the rule's days{hint}", pointer="/first_starts_on"
        )
    if len(starts) > MOST_OCCURRENCES or beyond or (count is not None and len(starts) < count):
        raise SeriesTooLong


def _read(text: str) -> Any:
    if not SHAPE.fullmatch(text):
        raise InvalidRequest("not a recurrence rule (FREQ=MONTHLY;BYDAY=1TU;COUNT=5)", pointer=POINTER)
    try:
        rule = vRecur.from_ical(text)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(f"not a recurrence rule: {error}", pointer=POINTER) from error
    _refuse_parts(text, rule)
    return rule


def _refuse_parts(text: str, rule: Any) -> None:
    names = [part.partition("=")[0] for part in text.split(";")]
    frequency = str(rule.get("FREQ", [""])[0])
    single = [
        name for name in ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST") if len(rule.get(name, [1])) != 1
    ]
    refusals = {
        f"these parts are not understood: {', '.join(sorted(set(names) - PARTS))}": not PARTS.issuperset(
            names
        ),
        "each part is named once, with one value where only one makes sense": len(names) != len(set(names))
        or single,
        "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY": frequency not in FREQUENCIES,
        "a series ends: name either COUNT or UNTIL": ("COUNT" in rule) == ("UNTIL" in rule),
        "COUNT is at least 1": rule.get("COUNT", [1])[0] < 1,
        "INTERVAL is from 1 to 1000": not 1 <= rule.get("INTERVAL", [1])[0] <= 1000,  # noqa: PLR2004
        "numbered weekdays go with MONTHLY or YEARLY": frequency in {"DAILY", "WEEKLY"}
        and any(re.match(r"[+-]?[0-9]", str(day)) for day in rule.get("BYDAY", [])),
        "days of the month go with MONTHLY, or with YEARLY and BYMONTH": "BYMONTHDAY" in rule
        and frequency != "MONTHLY"
        and (frequency != "YEARLY" or "BYMONTH" not in rule),
        "BYSETPOS chooses among the days that BYDAY, BYMONTHDAY or BYMONTH names, of weeks, months or years": (
            "BYSETPOS" in rule and not _chooses(rule, frequency)
        ),
        "a number is outside its range": not _in_range(rule),
    }
    for reason, applies in refusals.items():
        if applies:
            raise InvalidRequest(reason, pointer=POINTER)
    if rule.get("COUNT", [1])[0] > MOST_OCCURRENCES:
        raise SeriesTooLong


def _chooses(rule: Any, frequency: str) -> bool:
    """Whether there is something to choose from (RFC 5545 §3.3.10); a rule without any day is looked through to the year 9999."""
    if frequency == "DAILY" or not {"BYDAY", "BYMONTHDAY", "BYMONTH"}.intersection(rule):
        return False
    furthest = max(abs(place) for place in rule["BYSETPOS"])
    return frequency != "WEEKLY" or furthest <= len(rule.get("BYDAY", []))


def _in_range(rule: Any) -> bool:
    months = all(1 <= int(month) <= 12 for month in rule.get("BYMONTH", []))  # noqa: PLR2004
    days = all(1 <= abs(day) <= 31 for day in rule.get("BYMONTHDAY", []))  # noqa: PLR2004
    places = all(1 <= abs(place) <= 366 for place in rule.get("BYSETPOS", []))  # noqa: PLR2004
    return months and days and places


def _utc(until: Any, time_zone: str) -> datetime:
    if not isinstance(until, date) or not FIRST_YEAR <= until.year <= LAST_YEAR:
        raise InvalidRequest("UNTIL is a day or an instant of this age", pointer=POINTER)
    if not isinstance(until, datetime):
        until = datetime.combine(until, time.max).replace(microsecond=0)
    if until.tzinfo is None:
        return instant_of(until, time_zone).starts_at
    instant: datetime = until.astimezone(UTC)
    return instant
