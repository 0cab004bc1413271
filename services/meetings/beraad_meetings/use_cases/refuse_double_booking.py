"""Before people are booked: is anybody of them in another meeting at that time?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.double_booking import (
    Conflict,
    DoubleBooking,
    OverriddenConflict,
    Span,
    double_booking,
    overlaps_among,
)
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


def refuse_double_booking(
    meetings: Sequence[Meeting], people: Iterable[UUID], despite: str | None, work: Work, now: datetime
) -> None:
    """The same people for all of the meetings. Raises `DoubleBooking`."""
    everybody = set(people)
    refuse_double_bookings(meetings, {one.id: everybody for one in meetings}, despite, work, now)


def refuse_double_bookings(
    meetings: Sequence[Meeting],
    people: Mapping[UUID, Collection[UUID]],
    despite: str | None,
    work: Work,
    now: datetime,
) -> None:
    """Raise `DoubleBooking` where one of a meeting's people is in another meanwhile and no reason is given.

    `people`: by meeting. Their diaries are held until the transaction ends, in order of their ids and after all other
    locks, so of two bookings that would overlap for one person the later sees the earlier. A reason that was needed is
    kept with the meetings it was needed for.
    """
    work.bookings.hold(sorted(set().union(*people.values())))
    spans = {Span(one.starts_at, one.ends_at): one.id for one in meetings}
    if despite is None and (shared := overlaps_among(spans)):
        raise DoubleBooking(f"the meetings overlap each other from {shared.starts_at} to {shared.ends_at}")
    wanted = {span: people[meeting_id] for span, meeting_id in spans.items()}
    conflicts = work.bookings.conflicts(wanted, [one.id for one in meetings])
    if not conflicts:
        return
    if despite is None:
        raise double_booking(conflicts)
    work.bookings.keep(
        _overridden(meeting_id, span, conflicts, despite, work, now) for span, meeting_id in spans.items()
    )


def _overridden(
    meeting_id: UUID, span: Span, conflicts: Iterable[Conflict], despite: str, work: Work, now: datetime
) -> OverriddenConflict:
    people = {conflict.person_id for conflict in conflicts if conflict.span == span}
    return OverriddenConflict(
        id=new_id(),
        meeting_id=meeting_id,
        people=len(people),
        reason=despite,
        overridden_by=work.actor.person_id,
        overridden_at=now,
    )
