"""What a service holds of a person, read for their export: rows of tables, in parts small enough for a message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Text, cast, or_, select
from sqlalchemy.orm import Session

from beraad.storage.tables import known_people, known_roles, known_seats, outbox

Section = dict[str, list[dict[str, Any]]]
PART = 100_000
"""Bytes of JSON from which on a part is full: one row more may stand in it, and a row is a text of 20,000 characters or two."""


@dataclass(frozen=True)
class Held:
    """A table that tells of people: where it names one, and what of it proves who somebody is and is given to nobody."""

    table: Table
    by: tuple[Column[Any], ...]
    """Columns of an id, or of a list of ids."""
    without: frozenset[str] = field(default_factory=frozenset)

    def rows(self, session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
        """Those about that person, in the order of their keys."""
        columns = [column for column in self.table.c if column.name not in self.without]
        mine = or_(*(_names(column, person_id) for column in self.by))
        query = select(*columns).where(mine).order_by(*self.table.primary_key)
        for row in session.execute(query.execution_options(yield_per=200)).mappings():
            yield {name: _plain(value) for name, value in row.items()}


KERNEL = (
    Held(known_people, (known_people.c.person_id,)),
    Held(known_seats, (known_seats.c.person_id,)),
    Held(known_roles, (known_roles.c.person_id,)),
    Held(outbox, (outbox.c.subject_person,), frozenset({"headers", "row_id"})),
)
"""What stands about people in every service."""


def parts_of(session: Session, person_id: UUID, held: Sequence[Held]) -> list[Section]:
    """Everything these tables hold of that person, by table; at least one part, which may be empty."""
    parts: list[Section] = [{}]
    size = 0
    for one in held:
        for row in one.rows(session, person_id):
            if size >= PART:
                parts.append({})
                size = 0
            parts[-1].setdefault(one.table.name, []).append(row)
            size += len(json.dumps(row))
    return parts


def joined(parts: Sequence[Section]) -> Section:
    """The parts, in their order, as one."""
    whole: Section = {}
    for part in parts:
        for name, rows in part.items():
            whole.setdefault(name, []).extend(rows)
    return whole


Answer = Callable[[int, int, Section], Any]


def answers(session: Session, person_id: UUID, held: Sequence[Held], answer: Answer) -> list[Any]:
    """What to publish: `answer(part, parts, content)` for each part, counted from 1."""
    parts = parts_of(session, person_id, held)
    return [answer(number, len(parts), content) for number, content in enumerate(parts, 1)]


def _names(column: Column[Any], person_id: UUID) -> ColumnElement[bool]:
    if column.type.python_type is UUID:
        return column == person_id
    return cast(column, Text).contains(str(person_id))


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
