"""When those who have not answered a round or a vote are reminded. Source: design, "Remind only those who have not answered"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

A_DAY_BEFORE = timedelta(hours=24)
WORTH_REMINDING = timedelta(hours=4)
NAMED_AT_MOST = 100
"""In one event."""


def reminder_after(told_at: datetime, closes_at: datetime) -> datetime | None:
    """A day before it closes; half-way where less than two days are left; None where less than four hours are.

    `told_at`: when all were told last, of the opening or of a later deadline: each such mail is followed by one reminder.
    """
    left = closes_at - told_at
    return None if left < WORTH_REMINDING else closes_at - min(A_DAY_BEFORE, left / 2)


def in_parts(people: Sequence[UUID]) -> list[tuple[UUID, ...]]:
    """As many events as are needed to name them all; none for nobody."""
    return [tuple(people[at : at + NAMED_AT_MOST]) for at in range(0, len(people), NAMED_AT_MOST)]
