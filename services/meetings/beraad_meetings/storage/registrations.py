"""Who registered for meetings that are open to all. Whoever writes holds the meeting's lock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad_meetings.domain.registrations import REGISTERED, WAITING, Registration, RegistrationList
from beraad_meetings.storage.tables import registration_lists, registrations


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
        self._put(registration_lists, vars(places), "meeting_id")

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
        waits = (registrations.c.meeting_id == meeting_id) & (registrations.c.state == WAITING)
        return self._read(waits, most)

    def by_person(self, person_id: UUID) -> list[Registration]:
        """All of theirs, in the order of the meetings' ids: their locks are taken in this order."""
        found = self._read(registrations.c.person_id == person_id)
        return sorted(found, key=lambda one: one.meeting_id)

    def keep(self, one: Registration) -> None:
        """Remember it as it is now."""
        self._put(registrations, vars(one), "id")

    def remove(self, one: Registration) -> None:
        """Forget it."""
        self._session.execute(registrations.delete().where(registrations.c.id == one.id))

    def _read(self, condition: ColumnElement[bool], most: int | None = None) -> list[Registration]:
        query = select(registrations).where(condition).order_by(registrations.c.number).limit(most)
        return [Registration(**row._mapping) for row in self._session.execute(query)]  # noqa: SLF001 - documented

    def _put(self, table: Any, values: dict[str, Any], key: str) -> None:
        statement = upsert(self._session, table).values(**values)
        changes = {name: statement.excluded[name] for name in values if name != key}
        self._session.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes))
