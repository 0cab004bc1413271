"""What the caller may know exists: the policy table's `belonging`, as a filter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select

from beraad.domain import NotFound
from beraad_deliberation.storage.work import Work


def authorize_list(work: Work, group_id: UUID | None, action: str) -> None:
    """Rows of one group the caller belongs to, or of all of them. Raises `NotFound` for a foreign group."""
    if group_id is not None:
        work.authorize(action, group_id)
        return
    work.authorize("me.read")
    work.decide(action)  # the filter (`groups_seen_by`) asks it of every group at once


def one_row(work: Work, table: Table, key: UUID, missing: str) -> Any:
    """The row of that id. Raises `NotFound`."""
    row = work.session.execute(select(table).where(table.c.id == key)).one_or_none()
    if row is None:
        raise NotFound(missing)
    return row


def rows_of(work: Work, query: Select[Any]) -> list[dict[str, Any]]:
    """All rows as documents."""
    return [dict(row) for row in work.session.execute(query).mappings()]
