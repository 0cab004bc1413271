"""Reading an export: who has answered, and the whole once all have."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad.held import joined
from beraad_membership.storage.exports import arrived
from beraad_membership.storage.tables import person_export_parts, person_exports
from beraad_membership.storage.work import Work


def one_export(work: Work, person_id: UUID, export_id: UUID) -> dict[str, Any]:
    """The export. Raises `NotFound`, also once it has expired."""
    work.authorize("export.read", resource=person_id)
    exports = person_exports.c
    query = select(person_exports).where(exports.id == export_id, exports.person_id == person_id)
    row = work.session.execute(query.where(exports.expires_at > work.now)).mappings().one_or_none()
    if row is None:
        raise NotFound("there is no such export, or it has expired")
    answered = arrived(work.session, export_id)
    complete = all(answered.values())
    held = _held(work, export_id) if complete else None
    return {**row, "answered": answered, "complete": complete, "held": held}


def _held(work: Work, export_id: UUID) -> dict[str, Any]:
    part = person_export_parts.c
    query = select(part.service, part.content).where(part.export_id == export_id)
    parts: dict[str, list[Any]] = {}
    for row in work.session.execute(query.order_by(part.service, part.part)):
        parts.setdefault(row.service, []).append(row.content)
    return {service: joined(contents) for service, contents in parts.items()}
