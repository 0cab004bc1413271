"""What a change of a whole series covers, and what becomes of each of its meetings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad_meetings.domain.local_time import local_day
from beraad_meetings.domain.meeting_states import CANCELLED, PLANNED
from beraad_meetings.domain.meetings import Change, Meeting
from beraad_meetings.domain.occurrences import Occurrence
from beraad_meetings.domain.series import Common, Series
from beraad_meetings.domain.series_outcomes import (
    KEPT,
    MOVED,
    REMOVED,
    STAYS_CANCELLED,
    STAYS_MOVED,
    UPDATED,
    Outcome,
)

WORDS = ("title", "place", "online_link")


@dataclass(frozen=True)
class Coverage:
    """A series' meetings by what a change does to them.

    `covered`: planned, to come, from the day on. `excepted`: called off one by one, from that day on. `staying`: those
    that were held, began, or come before that day; they are left as they are. `since`: of a change that was asked for
    from a day on, that day, or the one after the last meeting that was held.
    """

    covered: list[Meeting]
    excepted: list[Meeting]
    staying: list[Meeting]
    since: date | None = None

    @property
    def last_staying(self) -> datetime:
        """The start by the rule of the last that stays. There must be one."""
        return max(one.occurs_at for one in self.staying if one.occurs_at)


def covered_by(series: Series, meetings: Iterable[Meeting], since: date | None, now: datetime) -> Coverage:
    """The meetings a cancellation covers: all to come, or those the rule has on the day `since` or later."""
    coverage = Coverage([], [], [])
    for one in meetings:
        if one.occurs_at is None:  # it left the rule
            continue
        late = since is None or local_day(one.occurs_at, series.time_zone) >= since
        if one.state == CANCELLED:
            if late:
                coverage.excepted.append(one)
        elif late and one.state == PLANNED and one.starts_at > now:
            coverage.covered.append(one)
        else:
            coverage.staying.append(one)
    return coverage


def changed_by(series: Series, meetings: Sequence[Meeting], since: date | None, now: datetime) -> Coverage:
    """The meetings a change covers: those after the last one that was held, by their place in the rule.

    A rule ends on a day and goes on changed after it, so what comes before a meeting that was held stays with it.
    """
    begun = [
        local_day(one.occurs_at, series.time_zone)
        for one in meetings
        if one.occurs_at is not None and _began(one, now)
    ]
    holds = since
    if begun:
        after = max(begun) + timedelta(days=1)
        holds = max(since or after, after)
    return replace(covered_by(series, meetings, holds, now), since=holds if since else None)


def _began(one: Meeting, now: datetime) -> bool:
    return one.state not in {PLANNED, CANCELLED} or (one.state == PLANNED and one.starts_at <= now)


def moved_by_hand(meeting: Meeting, avoided: Mapping[UUID, datetime]) -> bool:
    """Whether it is elsewhere than the rule has it, other than to avoid a day (`avoided`: where those went)."""
    return meeting.starts_at != avoided.get(meeting.id, meeting.occurs_at)


@dataclass(frozen=True, kw_only=True)
class Following:
    """How the meetings of a series follow its change: from `before` to `after`, which may be another series."""

    before: Common
    after: Common
    now: datetime

    def reword(self, meeting: Meeting) -> Outcome:
        """Another title, place or link, except where the meeting had its own."""
        changes = self._common(meeting, WORDS)
        return self._outcome(meeting, changes, meeting.occurs_at, meeting.local_time_warning)

    def retime(self, meeting: Meeting, one: Occurrence, avoided: Mapping[UUID, datetime]) -> Outcome:
        """The meeting goes where the rule has it now; one that was moved by hand stays where it is.

        `avoided`: where meetings went that avoided a day; those follow. Raises `AgendaTooLong`, `InvalidRequest`.
        """
        changes = self._common(meeting, (*WORDS, "duration_minutes"))
        by_hand = moved_by_hand(meeting, avoided)
        warning = meeting.local_time_warning
        if not by_hand:
            changes["starts_at"], warning = one.start.starts_at, one.start.warning
        return self._outcome(meeting, changes, one.original.starts_at, warning, by_hand=by_hand)

    def stay_cancelled(self, meeting: Meeting, one: Occurrence) -> Outcome:
        """Called off by hand: it stays an exception of the rule."""
        meeting.belong(self.after.id, one.original.starts_at)
        return Outcome(meeting=meeting, outcome=STAYS_CANCELLED, on=one.on)

    def remove(self, meeting: Meeting, reason: str) -> Outcome:
        """The rule has nothing on its day any more: it is cancelled, and no exception of the rule."""
        on = self._day(meeting)
        change = Change(tuple(meeting.cancel(reason, self.now)), "cancelled")
        meeting.belong(meeting.series_id, None)
        return Outcome(meeting=meeting, outcome=REMOVED, on=on, change=change)

    def _common(self, meeting: Meeting, names: Iterable[str]) -> dict[str, Any]:
        own = (name for name in names if getattr(meeting, name) == getattr(self.before, name))
        return {name: getattr(self.after, name) for name in own}

    def _outcome(
        self,
        meeting: Meeting,
        changes: dict[str, Any],
        occurs_at: datetime | None,
        warning: str,
        *,
        by_hand: bool = False,
    ) -> Outcome:
        starts_at, ends_at = meeting.starts_at, meeting.ends_at
        if self.now >= changes.get("starts_at", meeting.starts_at):
            raise InvalidRequest("a meeting moves to a time to come", pointer="/start_time")
        on = self._day(meeting)
        change = meeting.follow(changes, self.after.id, occurs_at, warning, self.now)
        moved = (starts_at, ends_at) != (meeting.starts_at, meeting.ends_at)
        outcome = MOVED if moved else STAYS_MOVED if by_hand else UPDATED if change.tell else KEPT
        return Outcome(
            meeting=meeting,
            outcome=outcome,
            on=on,
            change=change,
            previous_starts_at=starts_at,
            previous_ends_at=ends_at,
        )

    def _day(self, meeting: Meeting) -> date:
        return local_day(meeting.occurs_at or meeting.starts_at, self.before.time_zone)
