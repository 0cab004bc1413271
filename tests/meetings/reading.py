"""What a calendar program shows: a calendar read by icalendar, expanded by dateutil, zones by VTIMEZONE alone."""

from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from typing import Any

from dateutil import tz
from dateutil.rrule import rrulestr
from icalendar import Calendar


def calendar_of(text: str) -> Any:
    return Calendar.from_ical(text)


def events_of(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def starts_shown(text: str) -> list[datetime]:
    """Every start in UTC, overrides in the place of what they override, excluded dates left out."""
    calendar = Calendar.from_ical(text)
    zones = {str(zone["TZID"]): zone_of(zone) for zone in calendar.walk("VTIMEZONE")}
    shown: dict[tuple[str, datetime], datetime] = {}
    events = sorted(calendar.walk("VEVENT"), key=lambda event: "RECURRENCE-ID" in event)
    for event in events:
        start = _instant(event["DTSTART"], zones)
        if "RRULE" in event:
            shown |= {(str(event["UID"]), one): one for one in _expanded(event, zones)}
        elif "RECURRENCE-ID" in event:
            shown[str(event["UID"]), _instant(event["RECURRENCE-ID"], zones)] = start
        else:
            shown[str(event["UID"]), start] = start
    return sorted(shown.values())


def _expanded(event: Any, zones: dict[str, tzinfo]) -> list[datetime]:
    zone = zones[event["DTSTART"].params["TZID"]]
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
    return moment.replace(tzinfo=zones[prop.params["TZID"]]).astimezone(UTC)


def zone_of(component: Any) -> tzinfo:
    found = tz.tzical(StringIO(component.to_ical().decode())).get()
    assert found is not None
    return found
