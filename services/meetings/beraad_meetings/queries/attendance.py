"""Reading who came. Seat holders count; experts, guests and observers never do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import distinct, func, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad.storage.tables import known_people, known_seats
from beraad_meetings.storage.attendance import last_lines
from beraad_meetings.storage.tables import meetings
from beraad_meetings.storage.work import Work

STATES = ("present", "left", "excused", "absent")


def attendance_of(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """How many came, with the meeting's revision. Raises `NotFound`."""
    row = _meeting(work, meeting_id)
    return {"revision": row.revision, **attendance_summary(work, meeting_id, row.group_id)}


def list_attendance(work: Work, meeting_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """Each person's present state, and how many count. Raises `NotFound`."""
    row = _meeting(work, meeting_id)
    last = last_lines(meeting_id).subquery()
    query = select(last, known_people.c.name).outerjoin(
        known_people, known_people.c.person_id == last.c.person_id
    )
    found = page_of(work.session, query, (last.c.person_id,), limit, cursor)
    items = [dict(one._mapping) for one in found]  # noqa: SLF001 - SQLAlchemy's documented way
    return {**attendance_summary(work, meeting_id, row.group_id), "items": items}


def attendance_summary(work: Work, meeting_id: UUID, group_id: UUID) -> dict[str, Any]:
    """`seats` is the base of a quorum: the group's filled seats. The other numbers count seat holders only."""
    last = last_lines(meeting_id).subquery()
    query = select(last.c.state, func.count()).where(last.c.counts).group_by(last.c.state)
    counted = {row.state: row[1] for row in work.session.execute(query)}
    held = (known_seats.c.group_id == group_id) & known_seats.c.vacated.is_(False)
    seats = work.session.execute(
        select(func.count(distinct(known_seats.c.person_id))).where(held)
    ).scalar_one()
    return {"seats": seats, **{state: counted.get(state, 0) for state in STATES}}


def _meeting(work: Work, meeting_id: UUID) -> Any:
    columns = (meetings.c.group_id, meetings.c.revision)
    row = work.session.execute(select(*columns).where(meetings.c.id == meeting_id)).one_or_none()
    work.authorize("attendance.list", row.group_id if row else None)
    if row is None:
        raise NotFound("no such meeting")
    return row
