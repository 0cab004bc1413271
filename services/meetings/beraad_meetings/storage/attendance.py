"""The attendance log: lines are added; of a person the last one that stands is their state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.storage.tables import known_roles
from beraad_meetings.domain.attendance import VOID, AttendanceRecord
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.quorum import Line, Presence, Term
from beraad_meetings.storage.tables import attendance, seat_terms

COORDINATORS = ("facilitator", "secretary", "board_link")
correction = attendance.alias("correction")


def last_lines(meeting_id: UUID) -> Select[Any]:
    """Each person's last line by the moment it tells of, passing over those that were corrected."""
    place = func.row_number().over(
        partition_by=attendance.c.person_id, order_by=(attendance.c.at.desc(), attendance.c.row_id.desc())
    )
    standing = (
        select(attendance, place.label("place"))
        .where(attendance.c.meeting_id == meeting_id, attendance.c.state != VOID)
        .where(~exists().where(correction.c.replaces_id == attendance.c.row_id))
        .subquery()
    )
    return select(*(standing.c[column.name] for column in attendance.c)).where(standing.c.place == 1)


def presence_of(
    session: Session, meeting_id: UUID, group_id: UUID, closed_at: datetime | None, at: datetime | None = None
) -> Presence:
    """Everybody's coming and going, and who held a seat when, or at that instant alone. Two statements."""
    columns = [attendance.c[name] for name in Line.__dataclass_fields__]
    lines = session.execute(select(*columns).where(attendance.c.meeting_id == meeting_id))
    terms = session.execute(terms_of(group_id, at))
    return Presence((Line(*row) for row in lines), (Term(*row) for row in terms), closed_at)


def terms_of(group_id: UUID, at: datetime | None) -> Select[Any]:
    """Who held a seat of the group when; only whoever held one at that instant, if one is named."""
    held = [seat_terms.c[name] for name in Term.__dataclass_fields__]
    query = select(*held).where(seat_terms.c.group_id == group_id)
    if at is None:
        return query
    return query.where(
        seat_terms.c.from_at <= at, seat_terms.c.vacated_at.is_(None) | (seat_terms.c.vacated_at > at)
    )


class Attendance:
    """Who came."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def forget(self, person_id: UUID) -> None:
        """Of what was written of that person keep no words."""
        self._session.execute(
            attendance.update().where(attendance.c.person_id == person_id).values(remark="")
        )

    def append(self, record: AttendanceRecord) -> None:
        """Write a line."""
        self._session.execute(attendance.insert().values(**vars(record)))

    def line(self, meeting_id: UUID, person_id: UUID, line_id: int) -> Row[Any] | None:
        """That line about that person, with `corrected` where another replaced it."""
        corrected = exists().where(correction.c.replaces_id == attendance.c.row_id).label("corrected")
        mine = (attendance.c.meeting_id == meeting_id) & (attendance.c.person_id == person_id)
        query = select(attendance, corrected).where(attendance.c.row_id == line_id, mine)
        return self._session.execute(query).one_or_none()

    def presence(self, meeting: Meeting) -> Presence:
        """Everybody's coming and going in that meeting, and who held a seat when."""
        return presence_of(self._session, meeting.id, meeting.group_id, meeting.closed_at)

    def coordinates(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person coordinates the group."""
        role = (known_roles.c.group_id == group_id) & (known_roles.c.person_id == person_id)
        query = select(exists().where(role, known_roles.c.role.in_(COORDINATORS)))
        return bool(self._session.scalar(query))

    def note_term(self, seat_id: UUID, group_id: UUID, term: Term) -> None:
        """Somebody holds a seat."""
        row = {"seat_id": seat_id, "group_id": group_id, **vars(term)}
        self._session.execute(upsert(self._session, seat_terms).values(row).on_conflict_do_nothing())

    def end_term(self, seat_id: UUID, person_id: UUID, at: datetime) -> None:
        """That person holds it no more; a term that ended before, or began later, stays as it is."""
        held = (seat_terms.c.seat_id == seat_id) & (seat_terms.c.person_id == person_id)
        running = held & seat_terms.c.vacated_at.is_(None) & (seat_terms.c.from_at <= at)
        self._session.execute(seat_terms.update().where(running).values(vacated_at=at))


def corrections(rows: Iterable[Row[Any]]) -> dict[int, int]:
    """Of the lines that were corrected, which one replaced each."""
    return {row.replaces_id: row.row_id for row in rows if row.replaces_id is not None}
