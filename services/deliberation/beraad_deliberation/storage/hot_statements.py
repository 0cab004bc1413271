"""The hot path: recording a response or a ballot. The one documented exception to "one way through".

PostgreSQL: one statement. The guards are CTEs that feed the INSERT, so they are executed, and the answer
tells which of them failed. The round is taken FOR SHARE: a close (an exclusive lock) waits for it, or it waits for
the close and then sees it. SQLite: the same in portable statements under its one write lock.

Statements are made once and given what differs as parameters: to make this one takes longer than all the rest of a
response. The rule itself is `domain.responding.refuse_response`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BindParameter,
    Integer,
    Row,
    Select,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from beraad.storage.types import Instant
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


@dataclass(frozen=True, eq=False)
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

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements below."""
        asked = {"the_run": self.run_id, "the_person": self.person_id, "the_moment": self.at}
        values = {f"the_{name}": value for name, value in self.values.items()}
        word = f" {self.values.get('answer', '')} "
        return {**asked, "the_number": self.number, "the_version": self.version, "the_word": word, **values}


THE_RUN, THE_PERSON = bindparam("the_run", type_=Uuid()), bindparam("the_person", type_=Uuid())
THE_NUMBER, THE_VERSION = bindparam("the_number", type_=Integer()), bindparam("the_version", type_=Integer())
THE_MOMENT, THE_WORD = bindparam("the_moment", type_=Instant()), bindparam("the_word", type_=String())


def record(session: Session, shape: _Shape, given: Given) -> Recorded | None:
    """Write the answer if every guard holds. None where there is no such round or vote."""
    row = (
        session.execute(_statement(shape), given.parameters).one()
        if session.get_bind().dialect.name == "postgresql"
        else _portable(session, shape, given)
    )
    if row is None or row.group_id is None:
        return None
    answers = tuple(row.answers.split()) if row.answers else None
    asked = Asked(row.number, row.version, row.state is RunState.OPEN, row.closes_at, answers)
    return Recorded(row.group_id, asked, row.elector is not None, row.written is not None)


@cache
def _run(shape: _Shape) -> Select[Any]:
    run = shape.run.c
    seen = select(run.id, run.group_id, run.version, run.state, run.closes_at)
    seen = seen.add_columns(shape.number.label("number"), shape.answers.label("answers"))
    return seen.where(run.id == THE_RUN).with_for_update(read=True)


@cache
def _elector() -> Select[Any]:
    return select(electors.c.person_id).where(
        electors.c.roll_id == THE_RUN,
        electors.c.person_id == THE_PERSON,
        electors.c.departed_at.is_(None),
    )


def _values(shape: _Shape) -> dict[str, BindParameter[Any]]:
    """The columns of an answer, and what goes into each."""
    fixed: dict[str, BindParameter[Any]] = {shape.key: THE_RUN, "person_id": THE_PERSON}
    fixed |= {"version": THE_VERSION, "given_at": THE_MOMENT}
    own = [column for column in shape.target.c if column.name not in fixed]
    return {**fixed, **{column.name: bindparam(f"the_{column.name}", type_=column.type) for column in own}}


def _put(shape: _Shape, insert: Any, rows: Any) -> Any:
    """The upsert: one current answer per elector, never get-then-insert."""
    names = list(_values(shape))
    statement = insert(shape.target).from_select(names, rows)
    changes = {name: statement.excluded[name] for name in names if name not in {shape.key, "person_id"}}
    keep = ~shape.keeps if shape.keeps is not None else None
    statement = statement.on_conflict_do_update(
        index_elements=[shape.key, "person_id"], set_=changes, where=keep
    )
    return statement.returning(*(shape.target.c[name] for name in names))


def _row(shape: _Shape) -> list[Any]:
    return [value.label(name) for name, value in _values(shape).items()]


@cache
def _statement(shape: _Shape) -> Select[Any]:
    run, elector = _run(shape).cte("run"), _elector().cte("elector")
    rows = (
        select(*_row(shape))
        .select_from(run.join(elector, true()))
        .where(
            run.c.state == RunState.OPEN,
            run.c.closes_at > THE_MOMENT,
            run.c.number == THE_NUMBER,
            run.c.version == THE_VERSION,
            *_permitted(shape, run),
        )
    )
    put = _put(shape, postgresql.insert, rows).cte("put")
    told = select(run, elector.c.person_id.label("elector"), put.c.person_id.label("written"))
    one = select(literal(1).label("one")).cte("one")
    told = told.select_from(one.outerjoin(run, true()).outerjoin(elector, true()).outerjoin(put, true()))
    return told.add_cte(_logged(shape.history, put)) if shape.history is not None else told


def _permitted(shape: _Shape, run: CTE) -> list[Any]:
    return [func.strpos(run.c.answers, THE_WORD) > 0] if "answers" in shape.run.c else []


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
    run = session.execute(_run(shape), given.parameters).one_or_none()
    if run is None:
        return None
    elector = session.execute(_elector(), given.parameters).scalar()
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
    row: Row[Any] | None = session.execute(_portable_put(shape), given.parameters).one_or_none()
    if row is None:
        return None
    if shape.history is not None:
        session.execute(shape.history.insert().values(**row._mapping))  # noqa: SLF001 - SQLAlchemy's documented way
    return given.person_id


@cache
def _portable_put(shape: _Shape) -> Any:
    return _put(shape, sqlite.insert, select(*_row(shape)).where(true()))
