"""What a calendar program shows: a calendar read by icalendar, expanded by dateutil, zones by VTIMEZONE alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from typing import Any

from dateutil import tz
from dateutil.rrule import rrulestr
from icalendar import Calendar

from meetings.readers.strict import read_strictly


@dataclass(frozen=True)
class Shown:
    """One entry of a calendar program; `recurrence_id` where an occurrence differs from its series."""

    start: datetime
    end: datetime
    uid: str
    recurrence_id: datetime | None = None
    status: str | None = None


def calendar_of(text: str) -> Any:
    """Whatever our tests read is held to the grammar first."""
    read_strictly(text)
    return Calendar.from_ical(text)


def events_of(text: str) -> list[Any]:
    return list(calendar_of(text).walk("VEVENT"))


def starts_shown(text: str) -> list[datetime]:
    """Every start in UTC, overrides in the place of what they override, excluded dates left out."""
    return [one.start for one in occurrences_shown(text)]


def occurrences_shown(text: str) -> list[Shown]:
    """Everything the calendar holds, in UTC, earliest first."""
    calendar = calendar_of(text)
    zones = {str(zone["TZID"]): zone_of(zone) for zone in calendar.walk("VTIMEZONE")}
    shown: dict[tuple[str, datetime], Shown] = {}
    events = sorted(calendar.walk("VEVENT"), key=lambda event: "RECURRENCE-ID" in event)
    for event in events:
        uid, start = str(event["UID"]), _instant(event["DTSTART"], zones)
        end = start + event["DURATION"].dt if "DURATION" in event else _instant(event["DTEND"], zones)
        status = str(event["STATUS"]) if "STATUS" in event else None
        if "RRULE" in event:
            for one in _expanded(event, zones):
                shown[uid, one] = Shown(one, one + (end - start), uid, None, status)
        elif "RECURRENCE-ID" in event:
            original = _instant(event["RECURRENCE-ID"], zones)
            shown[uid, original] = Shown(start, end, uid, original, status)
        else:
            shown[uid, start] = Shown(start, end, uid, None, status)
    return sorted(shown.values(), key=lambda one: (one.start, one.uid))


def _expanded(event: Any, zones: dict[str, tzinfo]) -> list[datetime]:
    zone = zones.get(event["DTSTART"].params.get("TZID"), UTC)
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=event["DTSTART"].dt.replace(tzinfo=zone))
    gone = (
        {_zoned(one.dt, event["EXDATE"], zones) for one in event["EXDATE"].dts}
        if "EXDATE" in event
        else set()
    )
    starts = {_existing(one).astimezone(UTC) for one in rule}
    return sorted(starts - gone)


def _existing(local: datetime) -> datetime:
    """RFC 5545 §3.3.5: a time in the gap is read with the offset before it."""
    if tz.datetime_exists(local):
        return local
    assert local.tzinfo is not None
    before = (local - timedelta(hours=3)).utcoffset()
    assert before is not None
    return (local.replace(tzinfo=None) - before).replace(tzinfo=UTC)


def _instant(prop: Any, zones: dict[str, tzinfo]) -> datetime:
    return _zoned(prop.dt, prop, zones)


def _zoned(moment: datetime, prop: Any, zones: dict[str, tzinfo]) -> datetime:
    if "TZID" not in prop.params:
        return moment.astimezone(UTC)
    return _existing(moment.replace(tzinfo=zones[prop.params["TZID"]])).astimezone(UTC)


def zone_of(component: Any) -> tzinfo:
    found = tz.tzical(StringIO(component.to_ical().decode())).get()
    assert found is not None
    return found
