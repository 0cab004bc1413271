"""Making one table say what another database's table of that name says: only what differs is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.perform import Work

Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Rows of a table before and after, and how many were missing, wrong or too many."""

    table: str
    before: int
    after: int
    differing: int


def exchange(
    source: Work, target: Work, table: Table, only: ColumnElement[bool] | None = None, *, write: bool = True
) -> Difference:
    """Let the target's rows (`only` those) become the source's; without `write`, only count what would change."""
    wanted, present = _rows(source.session, table, only), _rows(target.session, table, only)
    changed = [row for key, row in wanted.items() if present.get(key) != row]
    gone = [row for key, row in present.items() if key not in wanted]
    if write:
        _delete(target.session, table, gone)
        _put(target.session, table, changed)
    differing = len(changed) + len(gone)
    return Difference(table=table.name, before=len(present), after=len(wanted), differing=differing)


def _rows(session: Session, table: Table, only: ColumnElement[bool] | None) -> Rows:
    query = select(table) if only is None else select(table).where(only)
    rows = (dict(row._mapping) for row in session.execute(query))  # noqa: SLF001 - SQLAlchemy's documented way
    return {tuple(row[name] for name in _key(table)): row for row in rows}


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _delete(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        these = and_(*(table.c[name] == bindparam(f"its_{name}") for name in _key(table)))
        session.execute(
            table.delete().where(these), [{f"its_{name}": row[name] for name in _key(table)} for row in rows]
        )


def _put(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = upsert(session, table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in _key(table)}
    if changes:
        session.execute(statement.on_conflict_do_update(index_elements=_key(table), set_=changes), rows)
    else:
        session.execute(statement.on_conflict_do_nothing(), rows)
