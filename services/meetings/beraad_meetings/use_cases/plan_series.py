"""Where the meetings of a rule fall: the part that creating, changing and previewing a series share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from beraad.identifiers import new_id
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.occurrences import Avoid, Occurrence, avoiding
from beraad_meetings.domain.series import Series
from beraad_meetings.use_cases.ports import Planning, Work

CLOSED = "a day the organisation does not meet"


def first_start(first_starts_on: date, start_time: time) -> datetime:
    """The naive local start of the first meeting."""
    return datetime.combine(first_starts_on, start_time)


def avoided(
    occurrences: Sequence[Occurrence], avoid: Avoid | None, time_zone: str, work: Planning
) -> list[Occurrence]:
    """The occurrences, those on a day to avoid moved or cancelled. Raises `InvalidRequest`."""
    if avoid is None or not occurrences:
        return list(occurrences)
    days = dict.fromkeys(avoid.days, "")
    if avoid.holidays:
        last = occurrences[-1].on + timedelta(days=31)
        named = work.holidays.named(avoid.holidays, range(occurrences[0].on.year, last.year + 1))
        days = {**days, **named}
    return avoiding(occurrences, days, avoid.instead, time_zone)


def meeting_of(series: Series, one: Occurrence, now: datetime) -> Meeting:
    """A new meeting of the series."""
    return Meeting(
        id=new_id(),
        series_id=series.id,
        group_id=series.group_id,
        title=series.title,
        kind="working_meeting",
        starts_at=one.start.starts_at,
        occurs_at=one.original.starts_at,
        local_time_warning=one.start.warning,
        duration_minutes=series.duration_minutes,
        time_zone=series.time_zone,
        place=series.place,
        online_link=series.online_link,
        changed_at=now,
    )


def announce(meeting: Meeting, one: Occurrence, work: Work, now: datetime) -> None:
    """Keep a new meeting of a series and publish it; one that avoids a day may be cancelled from the beginning."""
    work.meetings.add(meeting)
    work.publish(meeting.scheduled(now))
    if one.cancelled:
        work.publish(*meeting.cancel(one.avoided or CLOSED, now))


def told_avoided(pairs: Sequence[tuple[Meeting, Occurrence]]) -> list[dict[str, Any]]:
    """As kept with the series: which days were avoided, why, and where their meetings went."""
    return [
        {
            "meeting_id": str(meeting.id),
            "on": one.on.isoformat(),
            "name": one.avoided,
            "from": one.original.starts_at.isoformat(),
            "to": None if one.cancelled else one.start.starts_at.isoformat(),
        }
        for meeting, one in pairs
        if one.avoided is not None
    ]
