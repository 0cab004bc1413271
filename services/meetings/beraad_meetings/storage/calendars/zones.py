"""VTIMEZONE with recurring rules, from the footer of the tz database (RFC 9636 §3.3).

`CET-1CEST,M3.5.0,M10.5.0/3` becomes two yearly rules. Generated lists of single dates made a widely used reader
show every summer meeting an hour late. The footer is the law in force: a zone that changed its law later shows its
older meetings by the newer one.
"""

from __future__ import annotations

import importlib.resources
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import TZPATH

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

NAME = r"(<[^>]+>|[A-Za-z]+)"
OFFSET = r"([+-]?\d+(?::\d+){0,2})"
RULE = r"M(\d+)\.(\d)\.(\d)(?:/([+-]?\d+(?::\d+){0,2}))?"
FOOTER = re.compile(rf"{NAME}{OFFSET}(?:{NAME}{OFFSET}?,{RULE},{RULE})?")
DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
LAST_WEEK = 5
SINCE = 1970


@dataclass(frozen=True)
class _Jump:
    """When the wall clock jumps: week `week` of `month`, on `day`, `after` its midnight."""

    month: int
    week: int
    day: int
    after: timedelta

    def in_year(self, year: int) -> datetime:
        """The naive local moment, by the clock before the jump."""
        first_day = (monthrange(year, self.month)[0] + 1) % 7
        day = 1 + (self.day - first_day) % 7 + 7 * (self.week - 1)
        while day > monthrange(year, self.month)[1]:
            day -= 7
        return datetime(year, self.month, day) + self.after  # noqa: DTZ001 - a wall clock

    def rule(self) -> dict[str, object]:
        """The yearly rule; where the moment falls on another day than named, the days it may fall on."""
        shift = self.after // timedelta(days=1)
        day = DAYS[(self.day + shift) % 7]
        if not shift:
            week = -1 if self.week == LAST_WEEK else self.week
            return {"freq": "yearly", "bymonth": self.month, "byday": f"{week}{day}"}
        length = monthrange(2001, self.month)[1]
        first = shift + (length - 6 if self.week == LAST_WEEK else 7 * (self.week - 1) + 1)
        if 1 <= first <= length - 6:
            days = list(range(first, first + 7))
            return {"freq": "yearly", "bymonth": self.month, "byday": day, "bymonthday": days}
        from_the_end = (date(2001, self.month, 1) - date(2002, 1, 1)).days + first - 1
        return {"freq": "yearly", "byday": day, "byyearday": list(range(from_the_end, from_the_end + 7))}


def time_zone(name: str) -> Timezone:
    """The VTIMEZONE of that zone, as the tz database has it."""
    zone = Timezone()
    zone.add("tzid", name)
    match = FOOTER.fullmatch(footer(name))
    if match is None:
        raise ValueError(f"the footer of {name} is of an unknown form")
    standard, offset, daylight, summer = match.group(1, 2, 3, 4)
    normal = -_span(offset)
    if daylight is None:
        zone.add_component(_observance(TimezoneStandard(), standard, normal, normal, None))
        return zone
    ahead = -_span(summer) if summer else normal + timedelta(hours=1)
    zone.add_component(_observance(TimezoneDaylight(), daylight, normal, ahead, _jump(match, 5)))
    zone.add_component(_observance(TimezoneStandard(), standard, ahead, normal, _jump(match, 9)))
    return zone


def _observance(
    part: TimezoneStandard | TimezoneDaylight,
    name: str,
    before: timedelta,
    after: timedelta,
    jump: _Jump | None,
) -> TimezoneStandard | TimezoneDaylight:
    part.add("dtstart", jump.in_year(SINCE) if jump else datetime(SINCE, 1, 1))  # noqa: DTZ001 - a wall clock
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    part.add("tzname", name.strip("<>"))
    if jump is not None:
        part.add("rrule", vRecur(jump.rule()))
    return part


def _jump(match: re.Match[str], group: int) -> _Jump:
    month, week, day, after = match.group(group, group + 1, group + 2, group + 3)
    return _Jump(int(month), int(week), int(day), _span(after or "2"))


def _span(text: str) -> timedelta:
    """`-1`, `3:30`, `50`: hours, minutes and seconds under one sign."""
    hours, minutes, seconds = (*map(int, text.lstrip("+-").split(":")), 0, 0)[:3]
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span


@cache
def footer(name: str) -> str:
    """The POSIX string at the end of the zone's file; searched as `zoneinfo` does."""
    for folder in TZPATH:
        path = Path(folder) / name
        if path.is_file():
            return _last_line(path.read_bytes())
    return _last_line(importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes())


def _last_line(data: bytes) -> str:
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
