"""Reading who registered for meetings that are open to all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad.storage.tables import known_people
from beraad_meetings.domain.registrations import REGISTERED, WAITING
from beraad_meetings.storage.tables import meetings, registration_lists, registrations
from beraad_meetings.storage.work import Work

PLACE = func.row_number().over(
    partition_by=(registrations.c.meeting_id, registrations.c.state), order_by=registrations.c.number
)


def registration_of(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """The list in numbers, and the caller's own place. Raises `NotFound`."""
    query = select(meetings.c.group_id).where(meetings.c.id == meeting_id)
    group_id = work.session.scalar(query)
    summary = registration_summary(work, meeting_id)
    work.authorize("registration.join", group_id, summary is not None)
    if summary is None:
        raise NotFound("nobody registers for this meeting")
    return {"meeting_id": meeting_id, **summary}


def registration_summary(work: Work, meeting_id: UUID) -> dict[str, Any] | None:
    """Capacity, how many are registered and wait, and the caller's own registration; None where it is not open to all."""
    states = registrations.c.state
    counted = (
        select(
            registration_lists.c.capacity,
            func.count(case((states == REGISTERED, 1))).label("registered"),
            func.count(case((states == WAITING, 1))).label("waiting"),
        )
        .outerjoin(registrations, registrations.c.meeting_id == registration_lists.c.meeting_id)
        .where(registration_lists.c.meeting_id == meeting_id)
        .group_by(registration_lists.c.capacity)
    )
    row = work.session.execute(counted).one_or_none()
    if row is None:
        return None
    return {**row._mapping, "mine": _mine(work, meeting_id)}  # noqa: SLF001 - SQLAlchemy's documented way


def list_registrations(work: Work, meeting_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """In the order of arrival. Raises `NotFound`."""
    query = select(meetings.c.group_id).where(meetings.c.id == meeting_id)
    group_id = work.session.scalar(query)
    work.authorize("registration.list", group_id)
    if group_id is None:
        raise NotFound("no such meeting")
    placed = _placed(meeting_id)
    rows = page_of(work.session, placed, (placed.selected_columns.number,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def _mine(work: Work, meeting_id: UUID) -> dict[str, Any] | None:
    placed = _placed(meeting_id)
    mine = placed.where(placed.selected_columns.person_id == work.actor.person_id)
    row = work.session.execute(mine).one_or_none()
    return dict(row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's documented way


def _placed(meeting_id: UUID) -> Any:
    """Everybody of the list with their place among those who have one, or among those who wait."""
    ranked = (
        select(registrations, PLACE.label("place")).where(registrations.c.meeting_id == meeting_id).subquery()
    )
    columns = [ranked.c[name] for name in ("number", "person_id", "state", "place", "registered_at")]
    return select(*columns, known_people.c.name).outerjoin(
        known_people, known_people.c.person_id == ranked.c.person_id
    )
