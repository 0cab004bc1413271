"""The hot path: recording a response or a ballot. The one documented exception to "one way through".

PostgreSQL: one statement. The guards are CTEs that feed the INSERT, so they are executed, and the answer
tells which of them failed. The round is taken FOR SHARE: a close (an exclusive lock) waits for it, or it waits for
the close and then sees it. SQLite: the same in portable statements under its one write lock.

The rule itself is `domain.responding.refuse_response`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Row, Select, String, Table, literal, select, true
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad_deliberation.domain.responding import Answer, Asked
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.storage.tables import ballots, electors, response_history, responses, rounds, votes


@dataclass(frozen=True)
class Recorded:
    """What the guards saw, and whether anything was written.

    Entitled, open and matching but not written means that an objection of this elector stands in the
    round: replacing it is more than an upsert, and the ordinary way.
    """

    group_id: UUID
    asked: Asked
    entitled: bool
    written: bool


@dataclass(frozen=True)
class _Shape:
    """What differs between a round and a vote."""

    run: Table
    target: Table
    key: str
    history: Table | None
    keeps: Any
    """Rows this condition holds for are not replaced."""

    @property
    def number(self) -> Any:
        """The round's number; a vote has but one."""
        return self.run.c.number if "number" in self.run.c else literal(1)

    @property
    def answers(self) -> Any:
        """The words a round permits, each between spaces; a vote has but its three."""
        return self.run.c.answers if "answers" in self.run.c else literal(None, type_=String())


ROUND = _Shape(rounds, responses, "round_id", response_history, responses.c.answer == Answer.OBJECT)
VOTE = _Shape(votes, ballots, "vote_id", None, None)


@dataclass(frozen=True)
class Given:
    """Who answers what about which round or vote. `values` are the columns of the answer itself."""

    run_id: UUID
    person_id: UUID
    number: int
    version: int
    values: Mapping[str, Any]
    at: datetime


def record(session: Session, shape: _Shape, given: Given) -> Recorded | None:
    """Write the answer if every guard holds. None where there is no such round or vote."""
    row = (
        session.execute(_statement(session, shape, given)).one()
        if session.get_bind().dialect.name == "postgresql"
        else _portable(session, shape, given)
    )
    if row is None or row.group_id is None:
        return None
    answers = tuple(row.answers.split()) if row.answers else None
    asked = Asked(row.number, row.version, row.state is RunState.OPEN, row.closes_at, answers)
    return Recorded(row.group_id, asked, row.elector is not None, row.written is not None)


def _run(shape: _Shape, given: Given) -> Select[Any]:
    run = shape.run.c
    seen = select(run.id, run.group_id, run.version, run.state, run.closes_at)
    seen = seen.add_columns(shape.number.label("number"), shape.answers.label("answers"))
    return seen.where(run.id == given.run_id).with_for_update(read=True)


def _elector(given: Given) -> Select[Any]:
    return select(electors.c.person_id).where(
        electors.c.roll_id == given.run_id,
        electors.c.person_id == given.person_id,
        electors.c.departed_at.is_(None),
    )


def _values(shape: _Shape, given: Given) -> dict[str, Any]:
    fixed = {shape.key: given.run_id, "person_id": given.person_id, "version": given.version}
    return {**fixed, **given.values, "given_at": given.at}


def _put(session: Session, shape: _Shape, given: Given, rows: Any) -> Any:
    """The upsert: one current answer per elector, never get-then-insert."""
    names = list(_values(shape, given))
    statement = upsert(session, shape.target).from_select(names, rows)
    changes = {name: statement.excluded[name] for name in names if name not in {shape.key, "person_id"}}
    keep = ~shape.keeps if shape.keeps is not None else None
    statement = statement.on_conflict_do_update(
        index_elements=[shape.key, "person_id"], set_=changes, where=keep
    )
    return statement.returning(*(shape.target.c[name] for name in names))


def _literals(shape: _Shape, given: Given) -> list[Any]:
    columns = shape.target.c
    return [
        literal(value, type_=columns[name].type).label(name) for name, value in _values(shape, given).items()
    ]


def _statement(session: Session, shape: _Shape, given: Given) -> Select[Any]:
    run, elector = _run(shape, given).cte("run"), _elector(given).cte("elector")
    rows = (
        select(*_literals(shape, given))
        .select_from(run.join(elector, true()))
        .where(
            run.c.state == RunState.OPEN,
            run.c.closes_at > given.at,
            run.c.number == given.number,
            run.c.version == given.version,
            *_permitted(run, given),
        )
    )
    put = _put(session, shape, given, rows).cte("put")
    told = select(run, elector.c.person_id.label("elector"), put.c.person_id.label("written"))
    one = select(literal(1).label("one")).cte("one")
    told = told.select_from(one.outerjoin(run, true()).outerjoin(elector, true()).outerjoin(put, true()))
    return told.add_cte(_logged(shape.history, put)) if shape.history is not None else told


def _permitted(run: CTE, given: Given) -> list[Any]:
    answer = given.values.get("answer")
    return [] if answer is None else [run.c.answers.contains(f" {answer} ", autoescape=True)]


def _logged(history: Table, put: CTE) -> CTE:
    names = [column.name for column in put.c]
    return history.insert().from_select(names, select(put)).returning(history.c.row_id).cte("logged")


@dataclass(frozen=True)
class _Seen:
    group_id: UUID
    number: int
    version: int
    state: RunState
    closes_at: datetime
    answers: str | None
    elector: UUID | None
    written: UUID | None


def _portable(session: Session, shape: _Shape, given: Given) -> _Seen | None:
    run = session.execute(_run(shape, given)).one_or_none()
    if run is None:
        return None
    elector = session.execute(_elector(given)).scalar()
    named = (given.number, given.version) == (run.number, run.version)
    answer = given.values.get("answer")
    permitted = answer is None or answer in run.answers.split()
    written = None
    if elector and named and permitted and run.state is RunState.OPEN and given.at < run.closes_at:
        written = _write(session, shape, given)
    return _Seen(
        run.group_id, run.number, run.version, run.state, run.closes_at, run.answers, elector, written
    )


def _write(session: Session, shape: _Shape, given: Given) -> UUID | None:
    rows = select(*_literals(shape, given)).where(true())
    row: Row[Any] | None = session.execute(_put(session, shape, given, rows)).one_or_none()
    if row is None:
        return None
    if shape.history is not None:
        session.execute(shape.history.insert().values(**row._mapping))  # noqa: SLF001 - SQLAlchemy's documented way
    return given.person_id
