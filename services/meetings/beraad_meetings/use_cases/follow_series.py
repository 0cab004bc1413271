"""What the rest of a series becomes by a changed rule: where it has its meetings, and what becomes of those there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from beraad_meetings.domain.series_changes import Following, moved_by_hand
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
    """Each meeting of the rest by its day in the rule, else on a day that is new; what is left over is added or removed.

    `went`: where meetings are that avoid a day. Raises `AgendaTooLong`, `InvalidRequest`.
    """
    plain = by_rule(rule.starts, series.time_zone, series.duration_minutes)
    avoid = Avoid.from_document(series.avoid) if series.avoid else None
    days = avoided(plain, avoid, series.time_zone, work)
    placed = _placed(days, rest, went, series.time_zone, following.now)
    outcomes, pairs = [], []
    for one in days:
        outcome = _outcome(placed.get(one.on), one, series, following, went, work)
        outcomes.append(outcome)
        if outcome.outcome != STAYS_MOVED:
            pairs.append((outcome.meeting, one))
    series.avoided = told_avoided(pairs)
    _tell_apart([one.meeting for one in outcomes if one.outcome == ADDED], rest)
    left = [one for one in rest if one not in placed.values()]
    return outcomes + [following.remove(meeting, reason) for meeting in left if not _left(meeting)]


def whereabouts(series: Series) -> dict[UUID, datetime]:
    """Where the meetings went that avoid a day."""
    return {UUID(one["meeting_id"]): datetime.fromisoformat(one["to"]) for one in series.avoided if one["to"]}


def _placed(
    days: Sequence[Occurrence],
    rest: Sequence[Meeting],
    went: Mapping[UUID, datetime],
    zone: str,
    now: datetime,
) -> dict[date, Meeting]:
    """The meeting of each day: its own, or of those whose day is gone the first for the first day that is new, and so on.

    So they move with all that was prepared for them. Those that were called off or moved by hand do not.
    """
    gone = {_day(one, zone): one for one in rest}
    placed = {one.on: gone.pop(one.on) for one in days if one.on in gone}
    new = [one for one in days if one.on not in placed]
    if any(one.start.starts_at <= now for one in new):
        raise InvalidRequest("the changed series would begin in the past: name a later day", pointer="/from")
    moving = [
        gone[day]
        for day in sorted(gone)
        if gone[day].state != CANCELLED and not moved_by_hand(gone[day], went)
    ]
    return placed | dict(zip((one.on for one in new if not one.cancelled), moving, strict=False))


def _tell_apart(added: Iterable[Meeting], rest: Iterable[Meeting]) -> None:
    """Guests know a new meeting by its own id where they know another by that start of the series."""
    known = {(one.guest_series_id, one.guest_occurs_at) for one in rest}
    for one in added:
        if (one.series_id, one.occurs_at) in known:
            one.guest_series_id = one.id


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
