"""Keeping a response or a ballot: one current answer per elector, every one in the history, each with its leaf in the record.

A leaf names its elector's leaf before. On PostgreSQL the upsert makes it, from the row it replaces: two answers of one elector
at the same moment come one after the other, and nobody else waits. On SQLite Python makes it under the write lock.

Statements are made once and given what differs as parameters: to make one takes longer than to carry it out.
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
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from beraad.record.entries import Sealed
from beraad.storage.types import Instant
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.record.leaves import Unsigned
from beraad_deliberation.storage.tables import (
    ballot_history,
    ballots,
    response_history,
    responses,
    rounds,
    votes,
)

LEAF_COLUMNS = ("prev", "leaf")


@dataclass(frozen=True, eq=False)
class Shape:
    """What differs between a round and a vote."""

    run: Table
    target: Table
    key: str
    history: Table
    keeps: Any
    """Rows this condition holds for are not replaced by the hot statement."""


ROUND = Shape(rounds, responses, "round_id", response_history, responses.c.answer == Answer.OBJECT)
VOTE = Shape(votes, ballots, "vote_id", ballot_history, None)


@dataclass(frozen=True)
class Given:
    """Who answers what about which round or vote. `values` are the columns of the answer itself."""

    run_id: UUID
    person_id: UUID
    number: int
    version: int
    values: Mapping[str, Any]
    at: datetime
    leaf: Unsigned

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements."""
        asked = {"the_run": self.run_id, "the_person": self.person_id, "the_moment": self.at}
        values = {f"the_{name}": value for name, value in self.values.items()}
        pieces = {f"the_piece_{number}": piece for number, piece in enumerate(self.leaf.pieces())}
        word = f" {self.values.get('answer', '')} "
        told = {"the_number": self.number, "the_version": self.version, "the_word": word}
        return {**asked, **told, **values, **pieces}


@dataclass(frozen=True)
class Author:
    """In whose record it is kept, and as whom: the pseudonym is None where the record does not know the electorate."""

    group_id: UUID
    pseudonym: str | None

    def hashed(self, leaf: Unsigned, prev: bytes | None, found: bytes | None) -> Sealed | None:
        """The same, with the leaf the statement made of it."""
        if not self.pseudonym or found is None:
            return None
        return Sealed(leaf.entry(str(self.group_id), self.pseudonym, prev), found)

    def sealed(self, leaf: Unsigned, prev: bytes | None) -> Sealed | None:
        """The leaf, if it is recorded."""
        return leaf.sealed(str(self.group_id), self.pseudonym, prev) if self.pseudonym else None


THE_RUN, THE_PERSON = bindparam("the_run", type_=Uuid()), bindparam("the_person", type_=Uuid())
THE_NUMBER, THE_VERSION = bindparam("the_number", type_=Integer()), bindparam("the_version", type_=Integer())
THE_MOMENT, THE_WORD = bindparam("the_moment", type_=Instant()), bindparam("the_word", type_=String())
THE_GROUP, THE_PSEUDONYM = bindparam("the_group", type_=String()), bindparam("the_pseudonym", type_=String())
THE_PREV, THE_LEAF = bindparam("the_prev", type_=LargeBinary()), bindparam("the_leaf", type_=LargeBinary())
ZERO: ColumnElement[bytes] = literal_column(r"'\x00'::bytea", LargeBinary())
"""What a leaf's hash begins with (RFC 6962)."""
PIECES = [bindparam(f"the_piece_{number}", type_=String()) for number in range(4)]


def keep(session: Session, shape: Shape, given: Given, author: Author) -> Sealed | None:
    """Let this be the person's answer; the caller holds the locks and has checked the rule. Its leaf, where there is a record."""
    before = _left_behind(session, shape, given)
    if session.get_bind().dialect.name != "postgresql":
        return keep_portably(session, shape, given, author, before)
    told = {"the_group": str(author.group_id), "the_pseudonym": author.pseudonym, "the_prev": before}
    row = session.execute(_keeping(shape), {**given.parameters, **told}).one()
    return author.hashed(given.leaf, row.prev, row.leaf)


def keep_portably(
    session: Session, shape: Shape, given: Given, author: Author, before: bytes | None = None
) -> Sealed | None:
    """The same under SQLite's write lock. `before`: the elector's last leaf, where no answer of theirs stands."""
    current = session.execute(_current(shape), given.parameters).one_or_none()
    prev = current.leaf if current else before
    sealed = author.sealed(given.leaf, prev)
    told = {"the_prev": prev if sealed else None, "the_leaf": sealed.leaf if sealed else None}
    row: Row[Any] = session.execute(_portable_put(shape), {**given.parameters, **told}).one()
    session.execute(shape.history.insert().values(**row._mapping))  # noqa: SLF001 - SQLAlchemy's documented way
    return sealed


def _left_behind(session: Session, shape: Shape, given: Given) -> bytes | None:
    """The leaf that took back what was recorded for the elector: then no answer of theirs stands, and the next follows it."""
    history, mine = shape.history.c, (THE_RUN, THE_PERSON)
    query = select(history.leaf).where(history[shape.key] == mine[0], history.person_id == mine[1])
    query = query.where(history.leaf.is_not(None)).order_by(history.row_id.desc()).limit(1)
    return session.execute(query, {"the_run": given.run_id, "the_person": given.person_id}).scalar()


def row_of(shape: Shape) -> dict[str, BindParameter[Any]]:
    """The columns of an answer but those of its leaf, and what goes into each."""
    fixed: dict[str, BindParameter[Any]] = {shape.key: THE_RUN, "person_id": THE_PERSON}
    fixed |= {"version": THE_VERSION, "given_at": THE_MOMENT}
    own = [column for column in shape.target.c if column.name not in {*fixed, *LEAF_COLUMNS}]
    return {**fixed, **{column.name: bindparam(f"the_{column.name}", type_=column.type) for column in own}}


def labelled(shape: Shape, prev: ColumnElement[Any], leaf: ColumnElement[Any]) -> list[Any]:
    """The whole row, to be selected and inserted."""
    row = [value.label(name) for name, value in row_of(shape).items()]
    return [*row, prev.label("prev"), leaf.label("leaf")]


def head_of(pseudonym: ColumnElement[str], group: ColumnElement[str]) -> ColumnElement[str]:
    """A leaf's text as far as its elector's leaf before; null where there is no pseudonym."""
    return PIECES[0] + pseudonym + PIECES[1] + group + PIECES[2]


def leaf_of(head: Any, prev: ColumnElement[Any] | None) -> ColumnElement[bytes]:
    """What PostgreSQL makes of the pieces (`leaves.joined`); null where there is no head."""
    named = literal("null") if prev is None else func.coalesce('"' + func.encode(prev, "hex") + '"', "null")
    text = head + named + PIECES[3]
    return func.sha256(ZERO.op("||")(func.convert_to(text, "UTF8")), type_=LargeBinary())


def put(shape: Shape, rows: Select[Any], head: Any, keeps: Any = None) -> CTE:
    """PostgreSQL's upsert, never get-then-insert: what replaces an answer follows that answer's leaf."""
    names = [*row_of(shape), *LEAF_COLUMNS]
    statement = postgresql.insert(shape.target).from_select(names, rows)
    changes = {
        name: statement.excluded[name] for name in row_of(shape) if name not in {shape.key, "person_id"}
    }
    before = shape.target.c.leaf
    statement = statement.on_conflict_do_update(
        index_elements=[shape.key, "person_id"],
        set_={**changes, "prev": before, "leaf": leaf_of(head, before)},
        where=~keeps if keeps is not None else None,
    )
    return statement.returning(*(shape.target.c[name] for name in names)).cte("put")


def logged(shape: Shape, written: CTE) -> CTE:
    """The same row in the history."""
    names = [column.name for column in written.c]
    history = shape.history.insert().from_select(names, select(written))
    return history.returning(shape.history.c.row_id).cte("logged")


@cache
def _keeping(shape: Shape) -> Select[Any]:
    head = head_of(THE_PSEUDONYM, THE_GROUP)
    written = put(shape, select(*labelled(shape, THE_PREV, leaf_of(head, THE_PREV))), head)
    return select(written.c.prev, written.c.leaf).add_cte(logged(shape, written))


@cache
def _current(shape: Shape) -> Select[Any]:
    answers = shape.target.c
    return select(answers.leaf).where(answers[shape.key] == THE_RUN, answers.person_id == THE_PERSON)


@cache
def _portable_put(shape: Shape) -> Any:
    row = labelled(shape, THE_PREV, THE_LEAF)
    names = [*row_of(shape), *LEAF_COLUMNS]
    statement = sqlite.insert(shape.target).from_select(names, select(*row).where(true()))
    changes = {name: statement.excluded[name] for name in names if name not in {shape.key, "person_id"}}
    statement = statement.on_conflict_do_update(index_elements=[shape.key, "person_id"], set_=changes)
    return statement.returning(*(shape.target.c[name] for name in names))
