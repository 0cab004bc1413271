"""Change a whole series, or the rest of it from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad.domain import Event
from beraad.identifiers import new_id
from beraad_meetings.domain.invitations import Notice
from beraad_meetings.domain.meeting_states import PLANNED, GroupHasEnded
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import TIMED, Series, SeriesIsCancelled, SeriesIsOver
from beraad_meetings.domain.series_changes import Coverage, Following, changed_by
from beraad_meetings.domain.series_outcomes import (
    ADDED,
    MOVED,
    REMOVED,
    UPDATED,
    Outcome,
    headline,
    next_one_of,
)
from beraad_meetings.use_cases.follow_series import follow, new_rule, whereabouts
from beraad_meetings.use_cases.hold_series import hold_series
from beraad_meetings.use_cases.plan_series import first_start
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.refuse_double_booking import refuse_double_bookings
from beraad_meetings.use_cases.tell_invitees import (
    series_notice,
    tell_guests,
    tell_next_series,
    tell_series,
)
from beraad_meetings.use_cases.tell_waiting import let_lapse, tell_waiting


@dataclass(frozen=True, kw_only=True)
class ChangeSeries:
    """`changes` by field name: title, place, online_link, start_time, duration_minutes, recurrence.

    `since`: the first day they hold, by the rule in force; all that is still to come if none. `reason`: for the mail, and
    for meetings the new rule does not have.
    """

    series_id: UUID
    changes: Mapping[str, Any]
    expected_revision: int
    since: date | None = None
    reason: str = ""
    despite_conflicts: str | None = None


@dataclass(frozen=True)
class SeriesChange:
    """The series that has the change, and what became of each meeting it covers."""

    series: Series
    outcomes: Sequence[Outcome] = ()


def change_series(command: ChangeSeries, work: Work, now: datetime) -> SeriesChange:
    """The same series where the change covers all of it; else it ends, and another goes on with the change.

    Another title, place or link for all that is still to come needs no other series. Meetings that began, ended or were
    cancelled stay as they are. Raises `Stale`, `NotFound`, `SeriesIsOver`, `SeriesIsCancelled`, `GroupHasEnded`,
    `AgendaTooLong`, `SeriesTooLong`, `DoubleBooking`, `InvalidRequest`.
    """
    group, meetings, series = hold_series(command.series_id, "series.change", work)
    series.expect(command.expected_revision)
    if group.ended:
        raise GroupHasEnded
    if series.cancelled_at is not None:
        raise SeriesIsCancelled
    coverage = changed_by(series, meetings, command.since, now)
    if not coverage.covered:
        raise SeriesIsOver
    for kind in sorted({one.kind for one in coverage.covered}):
        work.authorize("series.change", series.group_id, kind)
    changes = _changes(command, series, work)
    if not changes:
        return SeriesChange(series)
    rest = _Rest(command, series, meetings, coverage, changes, work, now)
    if coverage.staying and (rest.timed or command.since is not None):
        return _go_on(rest)
    return _change_all(rest)


def _changes(command: ChangeSeries, series: Series, work: Work) -> dict[str, Any]:
    changes = dict(command.changes)
    if "recurrence" in changes:
        first = first_start(series.first_starts_on, series.start_time)
        changes["recurrence"] = work.calendars.normalize(changes["recurrence"], first, series.time_zone)
    return {name: value for name, value in changes.items() if getattr(series, name) != value}


@dataclass(frozen=True)
class _Rest:
    """The change at hand, and the part of the series it covers."""

    command: ChangeSeries
    series: Series
    meetings: list[Meeting]
    coverage: Coverage
    changes: dict[str, Any]
    work: Work
    now: datetime

    @property
    def timed(self) -> bool:
        """Whether time, length or rule change."""
        return bool(TIMED.intersection(self.changes))

    @property
    def change(self) -> str:
        """What everybody is told."""
        return MOVED if self.timed else UPDATED


def _change_all(rest: _Rest) -> SeriesChange:
    series, before, went = rest.series, rest.series.common(), whereabouts(rest.series)
    present = [one for one in rest.meetings if one.occurs_at is not None]
    rule = new_rule(series, present, rest.changes, rest.coverage.since, rest.work) if rest.timed else None
    changed = series.change({**rest.changes, **(rule.fields if rule else {})}, rest.now)
    following = Following(before=before, after=series.common(), now=rest.now)
    if rule is not None:
        outcomes = follow(series, rule, present, following, went, rest.command.reason, rest.work)
    else:
        outcomes = [following.reword(one) for one in rest.coverage.covered]
    _publish([changed], outcomes, rest)
    told = tell_series(series, _notice(series, rest, outcomes), rest.work)
    _tell_the_others(series, outcomes, told, rest)
    return SeriesChange(series, outcomes)


def _go_on(rest: _Rest) -> SeriesChange:
    """The series ends with its last meeting that stays; another has the change, from the first that has it on."""
    series, coverage, work = rest.series, rest.coverage, rest.work
    before, went = series.common(), whereabouts(series)
    going = [*coverage.covered, *coverage.excepted]
    rule = new_rule(series, going, rest.changes, coverage.since, work)
    ended = series.end(work.calendars.ended(series.recurrence, coverage.last_staying), rest.now)
    after = series.continued(new_id(), {**rest.changes, **rule.fields}, rest.now)
    work.series.add(after)
    following = Following(before=before, after=after.common(), now=rest.now)
    outcomes = follow(after, rule, going, following, went, rest.command.reason, work)
    series.forget_avoided({one.id for one in going})
    work.invitations.go_over([one.id for one in going], after.id)
    _publish([ended, after.created()], outcomes, rest)
    last_one = max(coverage.staying, key=lambda one: one.starts_at)
    staying = [one for one in rest.meetings if one.series_id == series.id]
    ending = series_notice(series, UPDATED, staying, last_one, work, last_starts_at=last_one.starts_at)
    told = tell_series(series, ending, work)
    tell_next_series(after, _notice(after, rest, outcomes), series, work)
    _tell_the_others(after, outcomes, told, rest)
    return SeriesChange(after, outcomes)


def _tell_the_others(series: Series, outcomes: Sequence[Outcome], told: set[UUID], rest: _Rest) -> None:
    tell_guests(series, outcomes, told, rest.command.reason, rest.work)
    tell_waiting([(one.meeting, one.change) for one in outcomes], rest.command.reason, rest.work)


def _publish(events: Sequence[Event], outcomes: Sequence[Outcome], rest: _Rest) -> None:
    """What became of the series and of each meeting. Raises `DoubleBooking`."""
    rest.work.publish(*events)
    for one in outcomes:
        rest.work.publish(*one.change.events)
    let_lapse([one.meeting for one in outcomes if one.outcome == REMOVED], rest.work)
    _refuse_double_bookings(outcomes, rest)


def _refuse_double_bookings(outcomes: Sequence[Outcome], rest: _Rest) -> None:
    """Of meetings at another time: nobody who comes, of the series or as a guest, is in another meeting then."""
    elsewhen = [one.meeting for one in outcomes if one.outcome in {MOVED, ADDED}]
    booked = [one for one in elsewhen if one.state == PLANNED]
    people = rest.work.invitations.not_declined_by_meeting([one.id for one in booked], rest.series.id)
    refuse_double_bookings(booked, people, rest.command.despite_conflicts, rest.work, rest.now)


def _notice(series: Series, rest: _Rest, outcomes: Sequence[Outcome]) -> Notice:
    added = [one.meeting for one in outcomes if one.outcome == ADDED]
    occurrences = [one for one in [*rest.meetings, *added] if one.series_id == series.id]
    next_one, was = headline(outcomes) if rest.timed else (next_one_of(outcomes), {})
    return series_notice(
        series, rest.change, occurrences, next_one, rest.work, reason=rest.command.reason, **was
    )
