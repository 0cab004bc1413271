"""Lock all meetings a person registered for: meetings by their ids, then their series, as `hold_series` does."""

from __future__ import annotations

from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import Registration
from beraad_meetings.use_cases.ports import Work


def hold_registered(person_id: UUID, work: Work) -> list[tuple[Registration, Meeting]]:
    """Each registration with its meeting, as they are once all locks are held: until then one who waits may be promoted.

    Whoever gives a place in an occurrence holds the meeting and wants its series; so nobody holds a series who still wants
    a meeting.
    """
    held = {one.id: one for one in work.meetings.registered_for(person_id)}
    for series_id in sorted({one.series_id for one in held.values() if one.series_id is not None}):
        work.series.get(series_id)
    mine = work.registrations.by_person(person_id)
    return [(one, held[one.meeting_id]) for one in mine if one.meeting_id in held]
