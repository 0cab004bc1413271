"""Reading who came and when. Seat holders count; experts, guests and observers never do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, distinct, func, select

from beraad.domain import InvalidRequest, NotFound
from beraad.http import page_of
from beraad.storage.tables import known_people, known_seats
from beraad_meetings.domain.attendance import NOT_RECORDED
from beraad_meetings.domain.meetings import MOST_NAMED
from beraad_meetings.domain.quorum import Line, Presence
from beraad_meetings.storage.attendance import corrections, last_lines, presence_of
from beraad_meetings.storage.tables import agenda_items, attendance, meetings
from beraad_meetings.storage.work import Work

STATES = ("present", "left", "excused", "absent")


def attendance_of(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """How many came, with the meeting's revision. Raises `NotFound`."""
    row = _meeting(work, meeting_id, "attendance.list")
    return {"revision": row.revision, **attendance_summary(work, meeting_id, row.group_id)}


def list_attendance(work: Work, meeting_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """Each person's present state, when they were there, every line about them, and how many count.

    Raises `NotFound`.
    """
    row = _meeting(work, meeting_id, "attendance.list")
    people = select(attendance.c.person_id).where(attendance.c.meeting_id == meeting_id).distinct().subquery()
    last = last_lines(meeting_id).subquery()
    query = (
        select(people.c.person_id, last.c.state, last.c.counts, last.c.recorded_at, known_people.c.name)
        .outerjoin(last, last.c.person_id == people.c.person_id)
        .outerjoin(known_people, known_people.c.person_id == people.c.person_id)
    )
    found = page_of(work.session, query, (people.c.person_id,), limit, cursor)
    lines = _lines(work, meeting_id, [one.person_id for one in found])
    presence = Presence((_line(one) for one in lines), (), row.closed_at)
    items = [_attendee(one, lines, presence) for one in found]
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


def quorum_of(work: Work, meeting_id: UUID, at: datetime | None) -> dict[str, Any]:
    """The quorum at an instant (now, or when the meeting closed), and when each item was started and closed.

    It is worked out from the log as it stands: what was corrected since counts. Raises `InvalidRequest`, `NotFound`.
    """
    row = _meeting(work, meeting_id, "quorum.read")
    if at is not None and at > work.now:
        raise InvalidRequest("nobody knows yet who will be there", pointer="/at")
    moment = at or row.closed_at or work.now
    presence = presence_of(work.session, meeting_id, row.group_id, row.closed_at)
    begun = select(agenda_items).where(
        agenda_items.c.meeting_id == meeting_id, agenda_items.c.started_at.is_not(None)
    )
    items = work.session.execute(begun.order_by(agenda_items.c.started_at, agenda_items.c.position))
    roll = presence.roll_call(row.quorum, moment)
    return {
        "revision": row.revision,
        "share": row.quorum["share"],
        "present_ids": roll.counted if len(roll.counted) <= MOST_NAMED else (),
        "items": [_item_quorum(item, presence, row.quorum, work.now) for item in items],
        **vars(roll.quorum),
    }


def _item_quorum(item: Row[Any], presence: Presence, rule: dict[str, Any], now: datetime) -> dict[str, Any]:
    names = ("id", "title", "kind", "started_at", "closed_at", "inquorate")
    return {
        **{name: getattr(item, name) for name in names},
        "at_start": presence.quorum(rule, item.started_at),
        "at_close": presence.quorum(rule, item.closed_at or now),
    }


def _lines(work: Work, meeting_id: UUID, people: list[UUID]) -> list[Row[Any]]:
    mine = (attendance.c.meeting_id == meeting_id) & attendance.c.person_id.in_(people)
    query = (
        select(attendance, known_people.c.name.label("recorded_by_name"))
        .outerjoin(known_people, known_people.c.person_id == attendance.c.recorded_by)
        .where(mine)
    )
    return list(work.session.execute(query.order_by(attendance.c.row_id)))


def _line(row: Row[Any]) -> Line:
    return Line(**{name: getattr(row, name) for name in Line.__dataclass_fields__})


def _attendee(one: Row[Any], lines: Iterable[Row[Any]], presence: Presence) -> dict[str, Any]:
    mine = [line for line in lines if line.person_id == one.person_id]
    replaced_by = corrections(mine)
    return {
        **one._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
        "state": one.state or NOT_RECORDED,
        "counts": bool(one.counts),
        "intervals": presence.intervals(one.person_id),
        "lines": [
            {**line._mapping, "id": line.row_id, "replaced_by_id": replaced_by.get(line.row_id)}  # noqa: SLF001
            for line in mine
        ],
    }


def _meeting(work: Work, meeting_id: UUID, action: str) -> Any:
    columns = (meetings.c.group_id, meetings.c.revision, meetings.c.quorum, meetings.c.closed_at)
    row = work.session.execute(select(*columns).where(meetings.c.id == meeting_id)).one_or_none()
    work.authorize(action, row.group_id if row else None)
    if row is None:
        raise NotFound("no such meeting")
    return row
