"""VTIMEZONE with recurring rules, from the footer of the tz database (RFC 9636 §3.3).

`CET-1CEST,M3.5.0,M10.5.0/3` becomes two yearly rules. Generated lists of single dates made a widely used reader
show every summer meeting an hour late. The footer is the law in force: where clocks were set otherwise since 2010, or
will be until 2040 (Tehran before 2022, Casablanca each Ramadan), those changes stand before the rules, each as an
observance that begins once.
"""

from __future__ import annotations

import importlib.resources
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

NAME = r"(<[^>]+>|[A-Za-z]+)"
OFFSET = r"([+-]?\d+(?::\d+){0,2})"
RULE = r"M(\d+)\.(\d)\.(\d)(?:/([+-]?\d+(?::\d+){0,2}))?"
FOOTER = re.compile(rf"{NAME}{OFFSET}(?:{NAME}{OFFSET}?,{RULE},{RULE})?")
DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
LAST_WEEK = 5
SINCE = 1970
COMPARED = range(2010, 2041)
"""The years in which the clocks are held against the rules: nobody looks up or plans meetings further away."""
DAY = timedelta(days=1)


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


@dataclass(frozen=True)
class _Onset:
    """From `at` (UTC) on, clocks are `after` ahead of UTC; until then they were `before`."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def wall_clock(self) -> datetime:
        """The naive moment by the clock before."""
        return (self.at + self.before).replace(tzinfo=None)


@dataclass(frozen=True)
class _Rule:
    """Clocks are set at every such jump; the last rule of a zone whose clocks stand still has none."""

    name: str
    before: timedelta
    after: timedelta
    jump: _Jump | None
    part: type[TimezoneStandard | TimezoneDaylight]

    def onset(self, year: int) -> _Onset:
        """When it begins in that year."""
        local = self.jump.in_year(year) if self.jump else datetime(year, 1, 1)  # noqa: DTZ001 - a wall clock
        return _Onset((local - self.before).replace(tzinfo=UTC), self.before, self.after)


@cache
def time_zone(name: str) -> Timezone:
    """The VTIMEZONE of that zone, as the tz database has it."""
    match = FOOTER.fullmatch(footer(name))
    if match is None:
        raise ValueError(f"the footer of {name} is of an unknown form")
    rules = _rules(match)
    untold = _last_untold(name, rules)
    zone = Timezone()
    zone.add("tzid", name)
    for onset in _until(untold, name) if untold else ():
        zone.add_component(_dated(onset, name))
    for rule in rules:
        if rule.jump or untold is None:
            onsets = (rule.onset(year) for year in range(SINCE, COMPARED.stop + 1))
            first = next(one for one in onsets if untold is None or one.at > untold)
            zone.add_component(_observance(rule.part(), rule.name, first, rule.jump))
    return zone


def _rules(match: re.Match[str]) -> list[_Rule]:
    standard, offset, daylight, summer = match.group(1, 2, 3, 4)
    normal = -_span(offset)
    if daylight is None:
        return [_Rule(standard, normal, normal, None, TimezoneStandard)]
    ahead = -_span(summer) if summer else normal + timedelta(hours=1)
    return [
        _Rule(daylight, normal, ahead, _jump(match, 5), TimezoneDaylight),
        _Rule(standard, ahead, normal, _jump(match, 9), TimezoneStandard),
    ]


def _last_untold(name: str, rules: list[_Rule]) -> datetime | None:
    """When clocks were last set, or left, otherwise than the rules tell; None where these tell all."""
    told = {rule.onset(year) for rule in rules if rule.jump for year in COMPARED}
    return max((one.at for one in told.symmetric_difference(_onsets(ZoneInfo(name)))), default=None)


def _until(last: datetime, name: str) -> list[_Onset]:
    """How clocks stood in the beginning, and each time they were set up to the last."""
    zone, begin = ZoneInfo(name), datetime(COMPARED.start, 1, 1, tzinfo=UTC)
    offset = _offset(zone, begin)
    return [_Onset(begin, offset, offset), *(one for one in _onsets(zone) if one.at <= last)]


@cache
def _onsets(zone: ZoneInfo) -> list[_Onset]:
    """Each change of the offset in the compared years, to the second."""
    begin = datetime(COMPARED.start, 1, 1, tzinfo=UTC)
    found = []
    for number in range((datetime(COMPARED.stop, 1, 1, tzinfo=UTC) - begin).days):
        early, late = begin + number * DAY, begin + (number + 1) * DAY
        before, after = _offset(zone, early), _offset(zone, late)
        if before != after:
            while late - early > timedelta(seconds=1):
                middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
                early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
            found.append(_Onset(late, before, after))
    return found


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    if offset is None:
        raise ValueError(f"{zone} has no offset at {at}")
    return offset


def _dated(onset: _Onset, name: str) -> TimezoneStandard | TimezoneDaylight:
    local = onset.at.astimezone(ZoneInfo(name))
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    return _observance(part, local.tzname() or name, onset, None)


def _observance(
    part: TimezoneStandard | TimezoneDaylight, name: str, onset: _Onset, jump: _Jump | None
) -> TimezoneStandard | TimezoneDaylight:
    part.add("dtstart", onset.wall_clock)
    part.add("tzoffsetfrom", onset.before)
    part.add("tzoffsetto", onset.after)
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
