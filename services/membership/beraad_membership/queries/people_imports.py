"""Reading imports of people: how far each has come, and what became of its rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad_membership.domain.imports import UNFINISHED
from beraad_membership.storage.tables import people_import_rows as rows
from beraad_membership.storage.tables import people_imports as imports
from beraad_membership.storage.work import Work


def one_import(work: Work, import_id: UUID) -> dict[str, Any]:
    """One import. Raises `NotFound`."""
    work.authorize("import.read")
    row = work.session.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
    if row is None:
        raise NotFound("no such import")
    return _shown(work, row)


def list_imports(work: Work, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """All there were, oldest first."""
    work.authorize("import.read")
    found = page_of(work.session, select(imports), (imports.c.id,), limit, cursor)
    return [_shown(work, row) for row in found]


def list_import_rows(
    work: Work, import_id: UUID, result: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """The rows of an import by line; only those that came to this, where a result is named. Raises `NotFound`."""
    one_import(work, import_id)
    shown = select(rows.c.line, rows.c.result, rows.c.person_id, rows.c.reasons).where(
        rows.c.import_id == import_id
    )
    if result is not None:
        shown = shown.where(rows.c.result.is_(None) if result == "waiting" else rows.c.result == result)
    return [
        {
            "line": row.line,
            "result": row.result or "waiting",
            "person_id": row.person_id,
            "reasons": row.reasons or [],
        }
        for row in page_of(work.session, shown, (rows.c.line,), limit, cursor)
    ]


def _shown(work: Work, row: Row[Any]) -> dict[str, Any]:
    may_cancel = vars(work.decide("import.cancel"))
    if may_cancel["allowed"] and row.state not in UNFINISHED:
        may_cancel = {"allowed": False, "code": "ImportHasEnded", "reason": f"this import is {row.state}"}
    return {**row._mapping, "allowed_actions": {"import.cancel": may_cancel}}  # noqa: SLF001 - SQLAlchemy's documented way
