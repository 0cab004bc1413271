"""Reading consents: a person's own, or anybody's by an administrator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad_membership.storage.tables import consents, people
from beraad_membership.storage.work import Work


def list_consents(work: Work, person_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """All that person ever gave, those withdrawn too, oldest first. Raises `NotFound`."""
    work.authorize("consent.list", resource=person_id)
    if work.session.execute(select(people.c.id).where(people.c.id == person_id)).one_or_none() is None:
        raise NotFound("no such person")
    given = select(consents).where(consents.c.person_id == person_id)
    rows = page_of(work.session, given, (consents.c.id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def one_consent(work: Work, consent_id: UUID) -> dict[str, Any]:
    """The consent just given."""
    row = work.session.execute(select(consents).where(consents.c.id == consent_id)).one()
    work.authorize("consent.list", resource=row.person_id)
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way
