"""Keeping imports of people and their rows, bound to one session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, literal, null, select, union_all
from sqlalchemy.orm import Session

from beraad.domain import NotFound
from beraad.storage.gathering import put
from beraad.storage.listed import listed
from beraad_membership.domain.imported_rows import DoneRow, ImportedPerson, ReadRow, Reason
from beraad_membership.domain.imports import UNFINISHED, PeopleImport, RowResult
from beraad_membership.storage.tables import people_import_rows as rows
from beraad_membership.storage.tables import people_imports as imports

KEEP = (
    rows.update()
    .where(rows.c.import_id == bindparam("of_import"), rows.c.line == bindparam("of_line"))
    .values(result=bindparam("became"), person_id=bindparam("who"), reasons=bindparam("why"))
)


class PeopleImports:
    """The imports of people."""

    def __init__(self, session: Session) -> None:
        """Bound to a session."""
        self._session = session

    def add(self, people_import: PeopleImport, read: Sequence[ReadRow]) -> None:
        """Remember an import and its rows."""
        self._session.add(people_import)
        self._session.flush()
        for row in read:
            if row.person is not None:
                said = {name: getattr(row.person, name) for name in ("email", "external_id")}
                document = row.person.to_document()
                put(self._session, rows, {**_key(people_import.id, row.line), **said, "person": document})
        for row in read:  # apart: rows that name the same columns are written together
            if row.person is None:
                put(self._session, rows, {**_key(people_import.id, row.line), "reasons": _told(row.reasons)})

    def get(self, import_id: UUID) -> PeopleImport:
        """Lock and return. Raises `NotFound`."""
        found = self._session.get(PeopleImport, import_id, with_for_update=True)
        if found is None:
            raise NotFound("no such import")
        return found

    def unfinished(self) -> UUID | None:
        """The oldest that has not ended: one after the other."""
        waiting = select(imports.c.id).where(imports.c.state.in_(UNFINISHED))
        return self._session.execute(waiting.order_by(imports.c.id).limit(1)).scalar()

    def claim(self, import_id: UUID) -> PeopleImport | None:
        """Lock and return, unless it has ended or another worker holds it."""
        query = select(PeopleImport).where(imports.c.id == import_id, imports.c.state.in_(UNFINISHED))
        return self._session.scalars(query.with_for_update(skip_locked=True)).one_or_none()

    def next_rows(self, import_id: UUID, limit: int) -> list[ReadRow]:
        """The first rows nothing became of yet, by line."""
        waiting = select(rows.c.line, rows.c.person, rows.c.reasons).where(
            rows.c.import_id == import_id, rows.c.result.is_(None)
        )
        return [_read(row) for row in self._session.execute(waiting.order_by(rows.c.line).limit(limit))]

    def taken_before(self, import_id: UUID, told: Iterable[ImportedPerson]) -> set[tuple[str, str]]:
        """Which of their addresses and external ids a row before had that was not refused, in one statement."""
        keys = {key for person in told for key in person.keys}
        found = [self._taken(import_id, column, keys) for column in ("email", "external_id")]
        return {(column, value) for column, value in self._session.execute(union_all(*found))}

    def _taken(self, import_id: UUID, column: str, keys: set[tuple[str, str]]) -> Select[str, str]:
        value = listed(self._session, [value for name, value in keys if name == column])
        good = [result for result in RowResult if result != RowResult.REFUSED]
        there = exists().where(
            rows.c.import_id == import_id, rows.c[column] == value, rows.c.result.in_(good)
        )
        return select(literal(column), value).where(there)

    def keep(self, import_id: UUID, done: Sequence[DoneRow]) -> None:
        """Remember what became of rows."""
        if done:
            self._session.execute(KEEP, [_kept(import_id, row) for row in done])

    def forget_what_rows_say(self, import_id: UUID) -> None:
        """Names and addresses are not kept beyond their use."""
        self._session.execute(
            rows.update()
            .where(rows.c.import_id == import_id)
            .values(person=null(), email=None, external_id=None)
        )


def _key(import_id: UUID, line: int) -> dict[str, Any]:
    return {"import_id": import_id, "line": line}


def _kept(import_id: UUID, row: DoneRow) -> dict[str, Any]:
    found = {"became": row.result, "who": row.person_id, "why": _told(row.reasons)}
    return {"of_import": import_id, "of_line": row.line, **found}


def _told(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [vars(reason) for reason in reasons]


def _read(row: Any) -> ReadRow:
    person = ImportedPerson.from_document(row.person) if row.person is not None else None
    return ReadRow(row.line, person, tuple(Reason(**reason) for reason in row.reasons or ()))
