"""Give places that are free to those who wait longest."""

from __future__ import annotations

from datetime import datetime

from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import Registration
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import confirm_place


def fill_places(meeting: Meeting, work: Work, now: datetime) -> None:
    """Each is told once. Nothing once the meeting has begun. The meeting is locked."""
    if meeting.state != PLANNED or now >= meeting.starts_at:
        return
    registered, waiting = work.registrations.counts(meeting.id)
    places = work.registrations.list_of(meeting.id)
    free = places.free(registered) if places and waiting else 0
    for one in work.registrations.first_waiting(meeting.id, free):
        give_place(one, meeting, work, promoted=True)
        work.registrations.keep(one)


def give_place(one: Registration, meeting: Meeting, work: Work, *, promoted: bool = False) -> None:
    """Confirm it, and send the calendar: as a guest's invitation, or again the one they have."""
    work.publish(one.confirm(meeting, promoted=promoted))
    one.invited = confirm_place(meeting, one.person_id, "promoted" if promoted else "registered", work)


def let_lapse(meeting: Meeting, work: Work) -> None:
    """Whoever waits for a place in a meeting that does not take place waits no more, and is told."""
    for one in work.registrations.first_waiting(meeting.id):
        work.publish(one.lapse(meeting))
        work.registrations.keep(one)
