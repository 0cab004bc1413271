"""Tell those who wait for a place, and have no invitation that tells them, what became of their meeting."""

from __future__ import annotations

from collections.abc import Sequence

from beraad_meetings.domain.meetings import Change, Meeting
from beraad_meetings.use_cases.ports import Work


def tell_waiting(changes: Sequence[tuple[Meeting, Change]], reason: str, work: Work) -> None:
    """Of the meetings that moved, whoever waits is told the old time and the new one.

    They are not asked whether they come, and get no calendar: that is for who has a place. The meetings are locked, and
    those invited were told before.
    """
    moved = {meeting.id: (meeting, change) for meeting, change in changes if change.tell == "moved"}
    waiting = work.registrations.waiting_uninvited(moved) if moved else []
    for one in waiting:
        work.publish(one.reschedule(*moved[one.meeting_id], reason))
    work.registrations.keep(waiting)


def let_lapse(meetings: Sequence[Meeting], work: Work) -> None:
    """Whoever waits for a place in a meeting that does not take place waits no more, and is told."""
    called_off = {meeting.id: meeting for meeting in meetings}
    waiting = work.registrations.waiting(called_off) if called_off else []
    for one in waiting:
        work.publish(one.lapse(called_off[one.meeting_id]))
    work.registrations.keep(waiting)
