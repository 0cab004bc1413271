"""What becomes of a series' meetings, one by one, and which of it tells a change best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Change, Meeting

KEPT, MOVED, UPDATED, ADDED, REMOVED = "kept", "moved", "updated", "added", "removed"
STAYS_MOVED, STAYS_CANCELLED = "stays_moved", "stays_cancelled"
OUTCOMES = (KEPT, MOVED, UPDATED, ADDED, REMOVED, STAYS_MOVED, STAYS_CANCELLED)
NOTHING = Change()


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
    """What tells the change best: the first meeting that moved, with where it was, else the first to come."""
    moved = next((one for one in outcomes if one.outcome == MOVED), None)
    if moved is None:
        return next_one_of(outcomes), {}
    return moved.meeting, {
        "previous_starts_at": moved.previous_starts_at,
        "previous_ends_at": moved.previous_ends_at,
    }
