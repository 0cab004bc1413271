"""Calendar objects (RFC 5545, RFC 5546): invitations and feeds.

One UID per series, one SEQUENCE per UID; who attends and who organizes is added by whoever knows addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, vDDDTypes, vText
from icalendar import Event as Component

from beraad_meetings.domain.meeting_states import CANCELLED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.storage.calendars import recurrence
from beraad_meetings.storage.calendars.zones import time_zone

PRODUCT = "-//Beraad//Meetings//EN"
REFRESH = timedelta(hours=1)
A_DAY = timedelta(days=1)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Some readers take more than CR and LF for the end of a line; some marks turn the direction of what follows."""

COMMON = ("title", "place", "online_link", "duration_minutes")


class Calendars:
    """What use cases ask of RFC 5545."""

    def normalize(self, rule: str, _first: datetime, zone: str) -> str:
        """The rule as kept: UNTIL in UTC."""
        return recurrence.normalize(rule, zone)

    def local_starts(self, rule: str, first: datetime, zone: str) -> list[datetime]:
        """The naive local starts from `first` on."""
        return recurrence.local_starts(rule, first, zone)

    def begins(self, rule: str, earliest: datetime) -> datetime:
        """The first naive local start from `earliest` on."""
        return recurrence.begins(rule, earliest)

    def ended(self, rule: str, last: datetime) -> str:
        """The rule, ending with the occurrence at that instant."""
        return recurrence.ended(rule, last)

    def continued(self, rule: str, starts: Sequence[datetime], zone: str) -> str:
        """The rule for these of its days, at their naive local starts."""
        return recurrence.continued(rule, starts, zone)

    def series(self, series: Series, occurrences: Iterable[Meeting]) -> str:
        """The present state of a series: its rule and its exceptions; of one that is cancelled, that."""
        if series.cancelled_at is not None:
            master = _master(series, occurrences)
            master.add("status", "CANCELLED")
            return _text(_calendar("CANCEL", [master], {series.time_zone}))
        return _text(_calendar("REQUEST", _of_series(series, list(occurrences)), {series.time_zone}))

    def without_series(self, series: Series, occurrences: Iterable[Meeting], sequence: int) -> str:
        """METHOD:CANCEL of a series for one who is not invited any more: STATUS would cancel it for all (RFC 5546 §3.2.5)."""
        master = _master(series, occurrences)
        master["sequence"] = sequence
        return _text(_calendar("CANCEL", [master], {series.time_zone}))

    def without(self, meetings: Sequence[Meeting], sequence: int, *, alone: bool = True) -> str:
        """The same of a meeting, or of some occurrences of one series."""
        components = [_single(one, sequence, alone=alone) for one in meetings]
        for component in components:
            del component["status"]
        return _text(_calendar("CANCEL", components, {one.time_zone for one in meetings}))

    def meeting(self, meeting: Meeting, sequence: int, *, alone: bool = True) -> str:
        """One meeting, or one occurrence without its master; `alone`: for who knows no other of its series."""
        method = "CANCEL" if meeting.state == CANCELLED else "REQUEST"
        zones = {meeting.time_zone}
        return _text(_calendar(method, [_single(meeting, sequence, alone=alone)], zones))


def feed(
    name: str, series: Iterable[tuple[Series, Sequence[Meeting]]], single: Iterable[tuple[Meeting, int]]
) -> str:
    """A calendar to subscribe to: whole series, and single meetings with their SEQUENCE."""
    components: list[Component] = []
    zones: set[str] = set()
    for one, occurrences in series:
        components.extend(_of_series(one, occurrences))
        zones.add(one.time_zone)
    for meeting, sequence in single:
        components.append(_single(meeting, sequence, alone=True))
        zones.add(meeting.time_zone)
    calendar = _calendar("PUBLISH", components, zones)
    calendar.add("x-wr-calname", vText(_plain(name)))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    return _text(calendar)


def _calendar(method: str, components: Iterable[Component], zones: set[str]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for zone in sorted(zones):
        calendar.add_component(time_zone(zone))
    for component in components:
        calendar.add_component(component)
    return calendar


def _of_series(series: Series, occurrences: Sequence[Meeting]) -> list[Component]:
    """The master, then the occurrences that differ from it; cancelled ones are excluded dates."""
    zone = ZoneInfo(series.time_zone)
    master = _master(series, occurrences)
    gone = [one.occurs_at.astimezone(zone) for one in occurrences if one.state == CANCELLED and one.occurs_at]
    if gone:
        master.add("exdate", gone)
    moved = [one for one in occurrences if one.state != CANCELLED and _differs(one, series)]
    return [master, *(_single(one, series.sequence, alone=False) for one in moved)]


def _master(series: Series, occurrences: Iterable[Meeting]) -> Component:
    """The rule.

    It starts at the series' wall clock, for every occurrence is counted from it: where the first falls into the hour
    the clock jumps over, its readers move that one, not all (RFC 5545 §3.3.5). It says how long each lasts, for the
    end of that first one reads as too long for all; a day or more by the end, for days are counted by the wall clock.
    """
    starts_at, lasting = series.first_start.starts_at, timedelta(minutes=series.duration_minutes)
    master = _component(str(series.id), series, starts_at, series.sequence)
    wall_clock = datetime.combine(series.first_starts_on, series.start_time, ZoneInfo(series.time_zone))
    master["dtstart"] = vDDDTypes(wall_clock)
    if lasting < A_DAY:
        master.add("duration", lasting)
    else:
        master.add("dtend", _by_the_clock(starts_at + lasting, ZoneInfo(series.time_zone)))
    last = max((one.occurs_at for one in occurrences if one.occurs_at), default=starts_at)
    master.add("rrule", recurrence.as_told(series.recurrence, series.first_starts_on, last))
    return master


def _single(meeting: Meeting, sequence: int, *, alone: bool) -> Component:
    """One meeting. Who is invited to it `alone` knows it by the series and the start it had when it was planned."""
    series_id, occurs_at = meeting.series_id, meeting.occurs_at
    if alone and meeting.guest_series_id is not None:
        series_id, occurs_at = meeting.guest_series_id, meeting.guest_occurs_at
    component = _component(str(series_id or meeting.id), meeting, meeting.starts_at, sequence)
    component.add("dtend", _by_the_clock(meeting.ends_at, ZoneInfo(meeting.time_zone)))
    if occurs_at is not None:
        component.add("recurrence-id", occurs_at.astimezone(ZoneInfo(meeting.time_zone)))
    component.add("status", "CANCELLED" if meeting.state == CANCELLED else "CONFIRMED")
    return component


def _component(uid: str, source: Series | Meeting, starts_at: datetime, sequence: int) -> Component:
    zone = ZoneInfo(source.time_zone)
    component = Component()
    component.add("uid", uid)
    component.add("dtstamp", source.changed_at.astimezone(UTC))
    component.add("sequence", sequence)
    component.add("summary", _plain(source.title))
    component.add("dtstart", _by_the_clock(starts_at, zone))
    if where := source.place or source.online_link:
        component.add("location", _plain(where))
    if source.online_link:
        component.add("url", _plain(source.online_link))
    return component


def _by_the_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """In the zone; each of two equal wall clocks in UTC, for by the zone some read the second as the first (§3.3.5), some the first as the second."""
    return instant.astimezone(UTC if _is_twice(instant, zone) else zone)


def _is_twice(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone's clock shows the same at another instant."""
    local = instant.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _differs(meeting: Meeting, series: Series) -> bool:
    """Whether the rule does not tell it, or not so that all read it alike: where the clock is there twice or is set meanwhile."""
    if meeting.starts_at != meeting.occurs_at or _has_unclear_clock(meeting):
        return True
    return any(getattr(meeting, name) != getattr(series, name) for name in COMMON)


def _has_unclear_clock(meeting: Meeting) -> bool:
    zone = ZoneInfo(meeting.time_zone)
    begins, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    is_set_meanwhile = begins.utcoffset() != ends.utcoffset()
    return is_set_meanwhile or any(_is_twice(instant, zone) for instant in (begins, ends))


def _plain(text: str) -> str:
    return UNPRINTABLE.sub(" ", text).strip()


def _text(calendar: Calendar) -> str:
    text: str = calendar.to_ical(sorted=False).decode()
    return text
