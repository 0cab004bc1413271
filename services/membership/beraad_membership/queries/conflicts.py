"""Reading the conflicts of interest somebody declared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad_membership.storage.tables import conflicts, people
from beraad_membership.storage.work import Work


def list_conflicts(work: Work, person_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """That person's, oldest first, those that are over too. Raises `NotFound`."""
    work.authorize("conflict.list", resource=person_id)
    if work.session.execute(select(people.c.id).where(people.c.id == person_id)).one_or_none() is None:
        raise NotFound("no such person")
    query = select(conflicts).where(conflicts.c.person_id == person_id)
    rows = page_of(work.session, query, (conflicts.c.id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way
