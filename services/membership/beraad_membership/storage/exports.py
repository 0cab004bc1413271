"""What was collected of a person, part by part."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from beraad.contracts import PUBLISHERS
from beraad.held import KERNEL, Held
from beraad.messaging.cursors import upsert
from beraad_membership.domain.person_exports import PersonExport
from beraad_membership.storage import tables
from beraad_membership.storage.tables import person_export_parts, person_exports

HELD = (
    *KERNEL,
    Held(tables.people, (tables.people.c.id,)),
    Held(tables.seats, (tables.seats.c.person_id,)),
    Held(tables.roles, (tables.roles.c.person_id,)),
    Held(tables.candidacies, (tables.candidacies.c.person_id,)),
    Held(tables.conflicts, (tables.conflicts.c.person_id,)),
    Held(tables.consents, (tables.consents.c.person_id,)),
    Held(
        tables.sign_in_links,
        (tables.sign_in_links.c.person_id,),
        frozenset({"token_hash", "code_hash", "nonce_hash"}),
    ),
    Held(tables.sessions, (tables.sessions.c.person_id,), frozenset({"refresh_hash"})),
    Held(tables.api_keys, (tables.api_keys.c.created_by,), frozenset({"secret_hash"})),
)
"""The tables that tell of people."""


class Exports:
    """The exports, with their parts."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def add(self, export: PersonExport) -> None:
        """Remember a new one."""
        self._session.execute(person_exports.insert().values(**vars(export)))

    def hold(self, export_id: UUID) -> bool:
        """Whether it is kept; locked, so that it is not taken away meanwhile."""
        query = select(person_exports.c.id).where(person_exports.c.id == export_id)
        return self._session.execute(query.with_for_update(key_share=True)).first() is not None

    def keep(self, export_id: UUID, service: str, part: int, parts: int, content: dict[str, Any]) -> None:
        """A part, once."""
        values = {
            "export_id": export_id,
            "service": service,
            "part": part,
            "parts": parts,
            "content": content,
        }
        self._session.execute(
            upsert(self._session, person_export_parts).values(**values).on_conflict_do_nothing()
        )

    def unfinished(self, person_id: UUID) -> UUID | None:
        """The one for which an answer is missing, where there is one."""
        mine = select(person_exports.c.id).where(person_exports.c.person_id == person_id)
        export_id = self._session.execute(mine).scalar()
        if export_id is None or all(arrived(self._session, export_id).values()):
            return None
        return UUID(str(export_id))

    def forget(self, person_id: UUID) -> None:
        """Keep none of that person."""
        self._delete(person_exports.c.person_id == person_id)

    def expire(self, now: datetime) -> int:
        """Keep none whose time is over; how many there were."""
        return self._delete(person_exports.c.expires_at <= now)

    def _delete(self, which: Any) -> int:
        """Whoever brings a part meanwhile is waited for."""
        query = select(person_exports.c.id).where(which).with_for_update()
        these = list(self._session.execute(query).scalars())
        parts = person_export_parts
        self._session.execute(parts.delete().where(parts.c.export_id.in_(these)))
        self._session.execute(person_exports.delete().where(person_exports.c.id.in_(these)))
        return len(these)


def arrived(session: Session, export_id: UUID) -> dict[str, bool]:
    """Of each service, whether all its parts are here."""
    part = person_export_parts.c
    counted = select(part.service, func.count().label("here"), func.max(part.parts).label("all"))
    rows = session.execute(counted.where(part.export_id == export_id).group_by(part.service))
    here = {row.service: row.here == row.all for row in rows}
    return {service: here.get(service, False) for service in PUBLISHERS}
