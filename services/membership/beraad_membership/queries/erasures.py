"""Reading where the erasure of a person stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad_membership.storage.tables import people
from beraad_membership.storage.work import Work


def erasure_of(work: Work, person_id: UUID) -> dict[str, Any]:
    """Whether it was asked for, carried out, finished. Raises `NotFound` where nobody asked."""
    work.authorize("erasure.read", resource=person_id)
    row = work.session.execute(select(people).where(people.c.id == person_id)).one_or_none()
    if row is None or (row.erasure_asked_at is None and row.erased_at is None):
        raise NotFound("nobody asked for this person to be erased")
    return {
        "person_id": row.id,
        "revision": row.revision,
        "state": "erased" if row.erased_at is not None else "asked",
        "pseudonym": row.name if row.erased_at is not None else None,
        "asked_at": row.erasure_asked_at,
        "erased_at": row.erased_at,
        "finished_at": row.erasure_finished_at,
    }
