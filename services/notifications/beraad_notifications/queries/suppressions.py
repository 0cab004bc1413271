"""Reading whose addresses are left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from beraad.http import page_of
from beraad_notifications.storage.tables import contacts, recipients
from beraad_notifications.storage.work import Work

IN_FORCE = (recipients.c.refused_address == contacts.c.email) & contacts.c.erased.is_(False)


def list_suppressions(work: Work, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Those in force: of an address somebody has no more nothing is told. By person."""
    work.authorize("suppression.list")
    rows = page_of(work.session, _suppressions(), (recipients.c.person_id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def one_suppression(work: Work, person_id: UUID) -> dict[str, Any]:
    """That of one person."""
    work.authorize("suppression.list")
    row = work.session.execute(_suppressions().where(recipients.c.person_id == person_id)).one()
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way


def _suppressions() -> Select[Any]:
    columns = (
        recipients.c.person_id,
        recipients.c.refused_address.label("address"),
        recipients.c.refused_reason.label("reason"),
        recipients.c.refused_at.label("since"),
    )
    joined = recipients.join(contacts, contacts.c.person_id == recipients.c.person_id)
    return select(*columns).select_from(joined).where(IN_FORCE)
