"""Say that a meeting starts within a day. Due work: once per meeting, however many workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class Remind:
    """Of one meeting whose reminder is due, if there is such a meeting."""


def remind(_command: Remind, work: Work, now: datetime) -> bool:
    """True if there was one. Those invited who have not declined are named; where nobody is left, nothing is said."""
    meeting = work.meetings.to_remind(now)
    if meeting is None:
        return False
    people, guests = work.invitations.not_declined(meeting), work.invitations.guests_of(meeting.id)
    work.publish(*meeting.remind(people, guests, now))
    return True
