"""Who is counted: seat holders. Experts, guests and observers are recorded and never count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import RuleBroken

PRESENT = "present"
EXCUSED_AHEAD = frozenset({"excused", "absent"})
"""What may be known before a meeting begins."""


class NotPartOfMeeting(RuleBroken):
    """This person neither holds a seat in the group nor is invited to the meeting."""


@dataclass(frozen=True)
class AttendanceRecord:
    """One line of the log. The last line of a person is their state; corrections append."""

    meeting_id: UUID
    person_id: UUID
    state: str
    counts: bool
    recorded_at: datetime
    recorded_by: UUID | None


def needed_action(state: str) -> str:
    """Excuses may come ahead of the meeting; presence only once it has begun."""
    return "attendance.excuse" if state in EXCUSED_AHEAD else "attendance.record"
