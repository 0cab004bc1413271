"""Give places that are free to those who wait longest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import Registration
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import confirm_places


def fill_places(meeting: Meeting, work: Work, now: datetime) -> None:
    """Each is told once. Nothing once the meeting has begun. The meeting is locked."""
    if meeting.state != PLANNED or now >= meeting.starts_at:
        return
    registered, waiting = work.registrations.counts(meeting.id)
    places = work.registrations.list_of(meeting.id)
    free = places.free(registered) if places and waiting else 0
    if free:
        give_places(work.registrations.first_waiting(meeting.id, free), meeting, work, promoted=True)


def give_places(
    some: Sequence[Registration], meeting: Meeting, work: Work, *, promoted: bool = False
) -> None:
    """Confirm them, and send each the calendar: as a guest's invitation, or again the one they have.

    However many they are, it takes as many statements as for one, and for each thousand some more.
    """
    work.publish(*(one.confirm(meeting, promoted=promoted) for one in some))
    occasion = "promoted" if promoted else "registered"
    guests = confirm_places(meeting, [one.person_id for one in some], occasion, work)
    for one in some:
        one.invited = one.person_id in guests
    work.registrations.keep(some)
