"""Cancel a whole series, or the rest of it from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad_meetings.domain.events import SeriesChanged
from beraad_meetings.domain.local_time import local_day
from beraad_meetings.domain.meetings import Change, Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.domain.series_changes import Coverage, covered_by
from beraad_meetings.domain.series_outcomes import REMOVED, Outcome
from beraad_meetings.use_cases.hold_series import hold_series
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import series_notice, tell_guests, tell_series
from beraad_meetings.use_cases.tell_waiting import let_lapse


@dataclass(frozen=True)
class CancelSeries:
    """Which, why, and from which day of the rule on; all that is still to come if none."""

    series_id: UUID
    reason: str
    since: date | None = None


def cancel_series(command: CancelSeries, work: Work, now: datetime) -> Series:
    """Nothing where no meeting is to come: a repeated cancel changes and sends nothing.

    Where none was held and none stays, calendars cancel the series; else it ends with the last one that stays, so that
    those that were held stay in the calendars. Raises `NotFound`.
    """
    _group, meetings, series = hold_series(command.series_id, "series.cancel", work)
    coverage = covered_by(series, meetings, command.since, now)
    for kind in sorted({one.kind for one in coverage.covered}):
        work.authorize("series.cancel", series.group_id, kind)
    call_off_series(series, meetings, coverage, command.reason, work, now)
    return series


def call_off_series(
    series: Series, meetings: Sequence[Meeting], coverage: Coverage, reason: str, work: Work, now: datetime
) -> None:
    """Cancel what is covered of a series that is held, and tell everybody invited."""
    if not coverage.covered:
        return
    first = min(coverage.covered, key=lambda one: one.starts_at)
    outcomes = [_cancelled(one, series, reason, now) for one in coverage.covered]
    work.publish(_end(series, coverage, work, now))
    for one in outcomes:
        work.publish(*one.change.events)
    let_lapse([one.meeting for one in outcomes], work)
    notice = series_notice(
        series, "cancelled", meetings, first, work, reason=reason, **_last(coverage.staying)
    )
    told = tell_series(series, notice, work)
    tell_guests(series, outcomes, told, reason, work)


def _cancelled(meeting: Meeting, series: Series, reason: str, now: datetime) -> Outcome:
    change = Change(tuple(meeting.cancel(reason, now)), "cancelled")
    on = local_day(meeting.occurs_at or meeting.starts_at, series.time_zone)
    return Outcome(meeting=meeting, outcome=REMOVED, on=on, change=change)


def _end(series: Series, coverage: Coverage, work: Work, now: datetime) -> SeriesChanged:
    if not coverage.staying:
        return series.cancel(now)
    last = coverage.last_staying
    for one in [*coverage.covered, *coverage.excepted]:
        if one.occurs_at is not None and one.occurs_at > last:  # beyond the rule's end, so no exception of it
            one.belong(one.series_id, None)
    return series.end(work.calendars.ended(series.recurrence, last), now)


def _last(staying: Sequence[Meeting]) -> dict[str, Any]:
    return {"last_starts_at": max(one.starts_at for one in staying)} if staying else {}
