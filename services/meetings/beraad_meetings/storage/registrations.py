"""Who registered for meetings that are open to all. Whoever writes holds the meeting's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad_meetings.domain.registrations import REGISTERED, WAITING, Registration, RegistrationList
from beraad_meetings.storage.tables import invitations, meetings, registration_lists, registrations

AT_ONCE = 1000
"""Rows per statement: databases limit the parameters of one."""


class Registrations:
    """The lists and those on them."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def list_of(self, meeting_id: UUID) -> RegistrationList | None:
        """The list of that meeting, if it is open to all."""
        query = select(registration_lists).where(registration_lists.c.meeting_id == meeting_id)
        row = self._session.execute(query).one_or_none()
        return RegistrationList(**row._mapping) if row else None  # noqa: SLF001 - documented

    def keep_list(self, places: RegistrationList) -> None:
        """Remember its capacity and its last number."""
        self._session.flush()
        self._put(registration_lists, [vars(places)], "meeting_id")

    def of(self, meeting_id: UUID, person_id: UUID) -> Registration | None:
        """That person's registration for the meeting."""
        found = self._read(
            (registrations.c.meeting_id == meeting_id) & (registrations.c.person_id == person_id)
        )
        return found[0] if found else None

    def counts(self, meeting_id: UUID) -> tuple[int, int]:
        """How many have a place, and how many wait."""
        query = (
            select(registrations.c.state, func.count())
            .where(registrations.c.meeting_id == meeting_id)
            .group_by(registrations.c.state)
        )
        counted = {row.state: row[1] for row in self._session.execute(query)}
        return counted.get(REGISTERED, 0), counted.get(WAITING, 0)

    def first_waiting(self, meeting_id: UUID, most: int | None = None) -> list[Registration]:
        """Those who wait longest, in order."""
        return self._read(_waiting([meeting_id]), most)

    def by_person(self, person_id: UUID) -> list[Registration]:
        """All of theirs, in the order of the meetings' ids."""
        found = self._read(registrations.c.person_id == person_id)
        return sorted(found, key=lambda one: one.meeting_id)

    def waiting(self, meeting_ids: Iterable[UUID]) -> list[Registration]:
        """Those who wait for a place in one of the meetings, in order."""
        return self._read(_waiting(meeting_ids))

    def waiting_uninvited(self, meeting_ids: Iterable[UUID]) -> list[Registration]:
        """Those of them who are not invited to the meeting, or to its series, by anything else."""
        self._session.flush()
        this = meetings.c.id == registrations.c.meeting_id
        scopes = invitations.c.scope_id.in_([meetings.c.id, meetings.c.series_id])
        theirs = (invitations.c.person_id == registrations.c.person_id) & invitations.c.withdrawn_at.is_(None)
        invited = exists().where(this, scopes, theirs)
        return self._read(_waiting(meeting_ids) & ~invited)

    def keep(self, some: Sequence[Registration]) -> None:
        """Remember them as they are now."""
        rows = [vars(one) for one in some]
        for start in range(0, len(rows), AT_ONCE):
            self._put(registrations, rows[start : start + AT_ONCE], "id")

    def remove(self, one: Registration) -> None:
        """Forget it."""
        self._session.execute(registrations.delete().where(registrations.c.id == one.id))

    def _read(self, condition: ColumnElement[bool], most: int | None = None) -> list[Registration]:
        query = select(registrations).where(condition).order_by(registrations.c.number).limit(most)
        return [Registration(**row._mapping) for row in self._session.execute(query)]  # noqa: SLF001 - documented

    def _put(self, table: Any, rows: list[dict[str, Any]], key: str) -> None:
        statement = upsert(self._session, table).values(rows)
        changes = {name: statement.excluded[name] for name in rows[0] if name != key}
        self._session.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes))


def _waiting(meeting_ids: Iterable[UUID]) -> ColumnElement[bool]:
    return registrations.c.meeting_id.in_(list(meeting_ids)) & (registrations.c.state == WAITING)
