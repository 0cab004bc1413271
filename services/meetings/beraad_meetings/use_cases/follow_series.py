"""What the rest of a series becomes by a changed rule: where it has its meetings, and what becomes of those there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad_meetings.domain.local_time import local_day
from beraad_meetings.domain.meeting_states import CANCELLED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.occurrences import Avoid, Occurrence, by_rule
from beraad_meetings.domain.series import Series
from beraad_meetings.domain.series_changes import Following
from beraad_meetings.domain.series_outcomes import ADDED, STAYS_MOVED, Outcome
from beraad_meetings.use_cases.plan_series import announce, avoided, first_start, meeting_of, told_avoided
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class NewRule:
    """A rule, the day of its first meeting, and the naive local starts it has."""

    recurrence: str
    starts: Sequence[datetime]

    @property
    def fields(self) -> dict[str, Any]:
        """Of the series."""
        return {"recurrence": self.recurrence, "first_starts_on": self.starts[0].date()}


def new_rule(
    series: Series, rest: Sequence[Meeting], changes: Mapping[str, Any], since: date | None, work: Work
) -> NewRule:
    """The rule of the rest of a series: another one counts from `since`, or else from the day of the next meeting.

    Raises `InvalidRequest`, `SeriesTooLong`.
    """
    zone = series.time_zone
    clock = changes.get("start_time", series.start_time)
    days = sorted(_day(one, zone) for one in rest)
    if "recurrence" in changes:
        planned = [_day(one, zone) for one in rest if one.state != CANCELLED]
        first = work.calendars.begins(changes["recurrence"], first_start(since or min(planned), clock))
        rule = changes["recurrence"]
    else:
        first = first_start(days[0], clock)
        rule = work.calendars.continued(
            series.recurrence, [datetime.combine(day, clock) for day in days], zone
        )
    return NewRule(rule, work.calendars.local_starts(rule, first, zone))


def follow(
    series: Series,
    rule: NewRule,
    rest: Sequence[Meeting],
    following: Following,
    went: Mapping[UUID, datetime],
    reason: str,
    work: Work,
) -> list[Outcome]:
    """Each meeting of the rest by its day in the rule; days that are new get one, days that are gone lose theirs.

    `went`: where meetings are that avoid a day. Raises `AgendaTooLong`, `InvalidRequest`.
    """
    plain = by_rule(rule.starts, series.time_zone, series.duration_minutes)
    avoid = Avoid.from_document(series.avoid) if series.avoid else None
    by_day = {_day(one, series.time_zone): one for one in rest}
    outcomes, pairs = [], []
    for one in avoided(plain, avoid, series.time_zone, work):
        meeting = by_day.pop(one.on, None)
        outcome = _outcome(meeting, one, series, following, went, work)
        outcomes.append(outcome)
        if outcome.outcome != STAYS_MOVED:
            pairs.append((outcome.meeting, one))
    series.avoided = told_avoided(pairs)
    return outcomes + [following.remove(meeting, reason) for meeting in by_day.values() if not _left(meeting)]


def whereabouts(series: Series) -> dict[UUID, datetime]:
    """Where the meetings went that avoid a day."""
    return {UUID(one["meeting_id"]): datetime.fromisoformat(one["to"]) for one in series.avoided if one["to"]}


def _outcome(
    meeting: Meeting | None,
    one: Occurrence,
    series: Series,
    following: Following,
    went: Mapping[UUID, datetime],
    work: Work,
) -> Outcome:
    if meeting is None:
        return _added(one, series, following.now, work)
    if meeting.state == CANCELLED:
        return following.stay_cancelled(meeting, one)
    return following.retime(meeting, one, went)


def _added(one: Occurrence, series: Series, now: datetime, work: Work) -> Outcome:
    if one.start.starts_at <= now:
        raise InvalidRequest("the changed series would begin in the past: name a later day", pointer="/from")
    meeting = meeting_of(series, one, now)
    announce(meeting, one, work, now)
    return Outcome(meeting=meeting, outcome=ADDED, on=one.on)


def _left(meeting: Meeting) -> bool:
    """One that was called off is no exception any more where the rule has nothing on its day."""
    if meeting.state == CANCELLED:
        meeting.belong(meeting.series_id, None)
        return True
    return False


def _day(meeting: Meeting, zone: str) -> date:
    return local_day(meeting.occurs_at or meeting.starts_at, zone)
