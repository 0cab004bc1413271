"""The attendance log: lines are appended, the last one of a person is their state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from beraad_meetings.domain.attendance import PRESENT, AttendanceRecord
from beraad_meetings.storage.tables import attendance


def last_lines(meeting_id: UUID) -> Select[Any]:
    """Each person's last line."""
    newest = (
        select(func.max(attendance.c.row_id))
        .where(attendance.c.meeting_id == meeting_id)
        .group_by(attendance.c.person_id)
    )
    return select(attendance).where(attendance.c.row_id.in_(newest))


class Attendance:
    """Who came."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def append(self, record: AttendanceRecord) -> None:
        """Write a line."""
        self._session.execute(attendance.insert().values(**vars(record)))

    def counted_present(self, meeting_id: UUID) -> tuple[UUID, ...]:
        """The seat holders present by the last line of each."""
        lines = last_lines(meeting_id).where(attendance.c.counts, attendance.c.state == PRESENT)
        return tuple(sorted(row.person_id for row in self._session.execute(lines)))
