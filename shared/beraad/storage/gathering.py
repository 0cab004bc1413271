"""Rows that go to the database together: what is kept of each event of a batch costs a row, not a round trip.

A row waits until the session does anything else, so whoever reads sees it. Of rows with one key the one that would
have stayed is written. PostgreSQL is given all of them as one document: to send 500 rows one by one took five times
as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, Text, bindparam, cast, column, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

GATHERING = "gathering"
MOMENTS = ("do_orm_execute", "before_flush", "before_commit")
Row = Mapping[str, Any]


def put(session: Session, table: Table, row: Row, *, newer: str | None = None) -> None:
    """Insert the row, or let it take the place of the one with its primary key.

    `newer` names the column by which a row that is there wins, unless the new one's is greater. The columns that the
    row does not name keep what they have.
    """
    gathering = session.info.get(GATHERING)
    if gathering is None:
        gathering = session.info[GATHERING] = Gathering(session)
    gathering.add(table, tuple(row), newer, row)


@dataclass
class _Group:
    """Rows of one table that name the same columns."""

    table: Table
    names: tuple[str, ...]
    newer: str | None
    rows: dict[tuple[Any, ...], Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        key = tuple([row[name] for name in _key_of(self.table)])
        present = self.rows.get(key)
        if present is None or self.newer is None or present[self.newer] < row[self.newer]:
            self.rows[key] = row

    def statement(self, maker: Callable[[Table, tuple[str, ...], str | None], Any]) -> Any:
        return maker(self.table, self.names, self.newer)


class Gathering:
    """What one session has yet to write."""

    def __init__(self, session: Session) -> None:
        """Writes before anything else that the session does."""
        self._session = session
        self._groups: list[_Group] = []
        for moment in MOMENTS:
            event.listen(session, moment, self._write)
        event.listen(session, "after_soft_rollback", self._forget)

    def add(self, table: Table, names: tuple[str, ...], newer: str | None, row: Row) -> None:
        """Beside the rows before it, unless others of that table came between."""
        last = next((group for group in reversed(self._groups) if group.table is table), None)
        if last is None or (last.names, last.newer) != (names, newer):
            last = _Group(table, names, newer)
            self._groups.append(last)
        last.add(row)

    def _write(self, *_told: object) -> None:
        groups, self._groups = self._groups, []
        for group in groups:
            rows = list(group.rows.values())
            if self._session.get_bind().dialect.name == "postgresql":
                document = json.dumps(rows, default=str)
                self._session.execute(group.statement(_from_document), {"rows": document})
            else:
                self._session.execute(group.statement(_one_by_one), rows)

    def _forget(self, *_told: object) -> None:
        self._groups = []


@cache
def _key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


@cache
def _from_document(table: Table, names: tuple[str, ...], newer: str | None) -> Any:
    """Made once: to make a statement takes longer than to execute it."""
    columns = [column(name, table.c[name].type) for name in names]
    rows = func.jsonb_to_recordset(cast(bindparam("rows", type_=Text), postgresql.JSONB)).table_valued(
        *columns
    )
    read = select(*rows.render_derived(with_types=True).c)
    return _or_replace(postgresql.insert(table).from_select(list(names), read), table, names, newer)


@cache
def _one_by_one(table: Table, names: tuple[str, ...], newer: str | None) -> Any:
    return _or_replace(sqlite.insert(table), table, names, newer)


def _or_replace(statement: Any, table: Table, names: Sequence[str], newer: str | None) -> Any:
    key: list[Column[Any]] = list(table.primary_key)
    changes = {name: statement.excluded[name] for name in names if name not in table.primary_key.columns}
    if not changes:
        return statement.on_conflict_do_nothing()
    where = None if newer is None else table.c[newer] < statement.excluded[newer]
    return statement.on_conflict_do_update(index_elements=key, set_=changes, where=where)
