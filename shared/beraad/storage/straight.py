"""Statements that every request sends, straight to the driver: what SQLAlchemy adds takes longer than they do.

SQLAlchemy writes the SQL, once; keeps the connections; and says what its types make of values. On SQLite, and for all
else, statements go its ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import psycopg
from sqlalchemy import Dialect, Engine, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Sent:
    """What the driver is given, and what is made of what it answers."""

    text: bytes
    fixed: Mapping[str, Any]
    given: tuple[tuple[str, Convert | None], ...]
    answered: tuple[Convert | None, ...]

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        told = dict(self.fixed)
        for name, convert in self.given:
            told[name] = values[name] if convert is None else convert(values[name])
        return told

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
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                return tuple(connection.execute(self._statement, dict(values)).one())
        sent = self._sent
        return sent.read(send(engine, sent.text, sent.parameters(values)))

    @cached_property
    def _sent(self) -> _Sent:
        dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
        compiled = self._statement.compile(dialect=dialect)
        names = {name: bind for bind, name in compiled.bind_names.items()}
        converts = {name: _binding(bind.type, dialect) for name, bind in names.items()}
        fixed = {name: bind.effective_value for name, bind in names.items() if not bind.required}
        return _Sent(
            text=str(compiled).encode(),
            fixed={
                name: value if (convert := converts[name]) is None else convert(value)
                for name, value in fixed.items()
            },
            given=tuple((name, converts[name]) for name in names if name not in fixed),
            answered=tuple(_answering(column.type, dialect) for column in self._statement.selected_columns),
        )


def send(engine: Engine, text: bytes, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """One row of PostgreSQL's answer, by a connection of the engine's pool."""
    fairy = None
    try:
        fairy = engine.raw_connection()
        driver = cast("psycopg.Connection[tuple[Any, ...]]", fairy.dbapi_connection)
        driver.autocommit = True
        row = driver.execute(text, parameters).fetchone()
        driver.autocommit = False
    except psycopg.Error as error:
        gone = fairy is not None and _put_back(fairy)
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
        if fairy is not None:
            fairy.invalidate()
        raise
    fairy.close()
    return cast("tuple[Any, ...]", row)


def _put_back(fairy: Any) -> bool:
    """After an error. True where the connection is gone, too."""
    driver = fairy.dbapi_connection
    if driver.closed:
        fairy.invalidate()
        return True
    driver.autocommit = False
    fairy.close()
    return False


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _answering(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
