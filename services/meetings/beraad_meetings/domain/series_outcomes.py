"""What becomes of a series' meetings, one by one, and which of it tells a change best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Change, Meeting

KEPT, MOVED, UPDATED, ADDED, REMOVED = "kept", "moved", "updated", "added", "removed"
STAYS_MOVED, STAYS_CANCELLED = "stays_moved", "stays_cancelled"
OUTCOMES = (KEPT, MOVED, UPDATED, ADDED, REMOVED, STAYS_MOVED, STAYS_CANCELLED)
NOTHING = Change()
CLOSE = timedelta(days=7)
"""Of two days at most this far apart, one is told to have become the other."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one meeting; `on` is its day by the rule."""

    meeting: Meeting
    outcome: str
    on: date
    change: Change = NOTHING
    previous_starts_at: datetime | None = None
    previous_ends_at: datetime | None = None


def next_one_of(outcomes: Sequence[Outcome]) -> Meeting:
    """The first meeting to come."""
    coming = [one.meeting for one in outcomes if one.meeting.state == PLANNED]
    return min(coming or [outcomes[0].meeting], key=lambda one: one.starts_at)


def headline(outcomes: Sequence[Outcome]) -> tuple[Meeting, dict[str, Any]]:
    """What tells the change best: the first meeting that moved, or a day that is gone and a new one close to it."""
    moved = next((one for one in outcomes if one.outcome == MOVED), None)
    if moved is not None:
        return moved.meeting, _was(moved.previous_starts_at, moved.previous_ends_at)
    gone = [one.meeting for one in outcomes if one.outcome == REMOVED]
    added = [one.meeting for one in outcomes if one.outcome == ADDED and one.meeting.state == PLANNED]
    pairs = sorted(
        ((new, old) for old in gone for new in added if abs(new.starts_at - old.starts_at) <= CLOSE),
        key=lambda pair: (pair[1].starts_at, abs(pair[0].starts_at - pair[1].starts_at)),
    )
    if not pairs:
        return next_one_of(outcomes), {}
    new, old = pairs[0]
    return new, _was(old.starts_at, old.ends_at)


def _was(starts_at: datetime | None, ends_at: datetime | None) -> dict[str, Any]:
    return {"previous_starts_at": starts_at, "previous_ends_at": ends_at}
