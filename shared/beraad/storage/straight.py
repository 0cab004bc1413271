"""Statements that every request sends, straight to the driver: what SQLAlchemy adds takes longer than they do.

SQLAlchemy writes the SQL, once; keeps the connections; and says what its types make of values. On SQLite, and for all
else, statements go its ordinary way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import psycopg
from sqlalchemy import BindParameter, Dialect, Engine, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, NoResultFound, UnboundExecutionError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
PLACE = re.compile(r"%\((\w+)\)s|__\[POSTCOMPILE_(\w+)\]")
"""Where SQLAlchemy expects a parameter, or a value that it always writes into the text."""


@dataclass(frozen=True)
class _Sent:
    """What the driver is given, and what is made of what it answers."""

    text: bytes
    given: tuple[tuple[str, Convert | None], ...]
    answered: tuple[Convert | None, ...]

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: values[name] if convert is None else convert(values[name]) for name, convert in self.given
        }

    def read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            value if convert is None else convert(value)
            for value, convert in zip(row, self.answered, strict=True)
        )


class Straight:
    """One statement that answers one row and is a transaction by itself."""

    def __init__(self, statement: Select[Any]) -> None:
        """Every `bindparam` without a value is given each time."""
        self._statement = statement

    def one(self, engine: Engine, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The row, once what the statement wrote is committed; on SQLite it may only read.

        Raises SQLAlchemy's errors: `DBAPIError`, and `TimeoutError` where no connection becomes free.
        """
        row = self.one_or_none(engine, values)
        if row is None:
            raise NoResultFound
        return row

    def one_or_none(self, engine: Engine, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The same where there may be none."""
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                found = connection.execute(self._statement, dict(values)).one_or_none()
                return None if found is None else tuple(found)
        sent = self._sent
        row = send(engine, sent.text, sent.parameters(values))
        return None if row is None else sent.read(row)

    def seen_by(self, session: Session, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The row of a statement that only reads, by the session's own connection once it has begun to use one."""
        if session.in_transaction():
            return tuple(session.connection().execute(self._statement, dict(values)).one())
        engine = session.bind
        if engine is None:
            raise UnboundExecutionError("this session has no database")
        return self.one(engine.engine, values)

    @cached_property
    def _sent(self) -> _Sent:
        dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
        compiled = self._statement.compile(dialect=dialect)
        names = {name: bind for bind, name in compiled.bind_names.items()}
        given = {name: bind for name, bind in names.items() if bind.required}
        fixed = {name: _literal(bind, dialect) for name, bind in names.items() if name not in given}
        return _Sent(
            text=PLACE.sub(lambda place: fixed.get(place[1] or place[2], place[0]), str(compiled)).encode(),
            given=tuple((name, _binding(bind.type, dialect)) for name, bind in given.items()),
            answered=tuple(_answering(column.type, dialect) for column in self._statement.selected_columns),
        )


class _Line:
    """A connection that sends each statement as a transaction by itself. Opened when it is needed."""

    def __init__(self) -> None:
        self._fairy: Any = None
        self._pool: Any = None

    def to(self, engine: Engine) -> psycopg.Connection[tuple[Any, ...]]:
        if self._pool is not engine.pool:
            self.put_back()
        if self._fairy is None:
            self._fairy, self._pool = engine.raw_connection(), engine.pool
            self._fairy.dbapi_connection.autocommit = True
        return cast("psycopg.Connection[tuple[Any, ...]]", self._fairy.dbapi_connection)

    def put_back(self) -> bool:
        """To the pool, as it was; true where the connection is gone instead."""
        fairy, self._fairy, self._pool = self._fairy, None, None
        if fairy is None:
            return False
        if fairy.dbapi_connection.closed:
            fairy.invalidate()
            return True
        fairy.dbapi_connection.autocommit = False
        fairy.close()
        return False

    def drop(self) -> None:
        """Nobody knows what state it is in."""
        if self._fairy is not None:
            self._fairy.invalidate()
        self._fairy = self._pool = None


_line: ContextVar[_Line | None] = ContextVar("line", default=None)


@contextmanager
def one_connection() -> Iterator[None]:
    """Inside the block, what is sent is sent by one connection, which is kept until the end or until `put_back`."""
    line = _Line()
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)
        line.put_back()


def put_back() -> None:
    """Whoever takes a connection for a transaction puts back this one first: nobody holds two."""
    line = _line.get()
    if line is not None:
        line.put_back()


def send(engine: Engine, text: bytes, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of PostgreSQL's answer, if there is any."""
    kept = _line.get()
    line = _Line() if kept is None else kept
    try:
        row = line.to(engine).execute(text, parameters).fetchone()
    except psycopg.Error as error:
        gone = line.put_back()
        raise DBAPIError.instance(
            text.decode(),
            dict(parameters),
            error,
            psycopg.Error,
            hide_parameters=engine.hide_parameters,
            connection_invalidated=gone,
            dialect=engine.dialect,
        ) from error
    except BaseException:
        line.drop()
        raise
    if kept is None:
        line.put_back()
    return row


def _literal(bind: BindParameter[Any], dialect: Dialect) -> str:
    """As SQL spells a value that is always the same."""
    if bind.effective_value is None:
        return "NULL"
    spell = bind.type.dialect_impl(dialect).literal_processor(dialect)
    return str(bind.effective_value) if spell is None else spell(bind.effective_value)


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _answering(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
