"""Engines: PostgreSQL for production, SQLite for one machine. Every wait has a deadline."""

from __future__ import annotations

import select
import sqlite3
import time
from typing import Any

import orjson
import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, func, sql, true
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

STATEMENT_TIMEOUT_MS = 3_000
LOCK_TIMEOUT_MS = 2_000
BUSY_TIMEOUT_MS = 10_000
IN_TURN_MS = 10_000
"""As long as SQLite's writers wait: far less than a gateway gives a request (40 s)."""
TRUSTED_SECONDS = 1.0
USED_AT = "beraad.used_at"
NEWS = "beraad.news"
"""Tells whether something arrived that nobody asked for: the end of the connection, if not less."""


def open_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for that address.

    PostgreSQL statements end after 3 s, lock waits after 2 s (`wait_in_turn`: 10 s), connecting after 3 s. SQLite waits up to 10 s
    for its one writer; a transaction opened with the execution option ``writing`` takes the write lock at
    once (`BEGIN IMMEDIATE`), which is SQLite's only `FOR UPDATE`.
    """
    if url.startswith("sqlite"):
        return _open_sqlite(url, pool_size)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=3,
        pool_reset_on_return=None,
        json_deserializer=orjson.loads,  # a page of proposals holds four documents a row
        connect_args={
            "connect_timeout": 3,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC",
        },
    )
    return _leaving_nothing_open(_replacing_what_broke(engine))


def wait_in_turn(session: Session) -> None:
    """Until this transaction ends, wait up to 10 s for a lock that many come for at once, each holding it for a moment.

    Of fifty who want one row the last waits for forty-nine, which on a busy machine takes more than the 2 s that a lock
    is waited for otherwise. SQLite waits that long anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        limits = {"lock_timeout": IN_TURN_MS, "statement_timeout": IN_TURN_MS + STATEMENT_TIMEOUT_MS}
        here = (func.set_config(name, str(limit), true()) for name, limit in limits.items())
        session.execute(sql.select(*here))


def _leaving_nothing_open(engine: Engine) -> Engine:
    """SQLAlchemy's reset of a connection that is put back, but without asking the driver where nothing is open."""

    @event.listens_for(engine, "reset")
    def reset(connection: Any, _record: Any, _state: Any) -> None:
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            connection.rollback()

    return engine


def _replacing_what_broke(engine: Engine) -> Engine:
    """Hand out no connection that the server has closed. SQLAlchemy's `pool_pre_ping`, but for a busy pool.

    A connection that was in use within the last second is not asked (which took a tenth of the processor time of a
    request, twice): a server that closes one says so on it, and that is looked at. One that was idle for longer is
    asked, because who stands between may have forgotten it without a word.
    """

    @event.listens_for(engine, "connect")
    def watch(connection: Any, record: Any) -> None:
        record.info[NEWS] = news = select.poll()
        news.register(connection.fileno(), select.POLLIN)

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[USED_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get(USED_AT)
        if used_at is None:
            return  # it was opened just now
        if record.info[NEWS].poll(0) or (
            time.monotonic() - used_at > TRUSTED_SECONDS and not _answers(connection)
        ):
            record.info.pop(USED_AT)
            raise InvalidatePoolError

    return engine


def _answers(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return True


def open_scratch() -> Engine:
    """An empty SQLite database for one thread, gone with the engine or its process.

    What memory does not hold goes to a file without a name where temporary files go (`TMPDIR`).
    """
    return _prepared(create_engine("sqlite://", poolclass=StaticPool, creator=lambda: sqlite3.connect("")))


def _open_sqlite(url: str, pool_size: int) -> Engine:
    return _prepared(create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=3))


def _prepared(engine: Engine) -> Engine:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        _keep_write_ahead_log(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _keep_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Turn the write-ahead log on, which lasts in the file.

    Several who open a new file at once need each other's lock for it, and SQLite then answers "locked" at
    once, without its busy timeout: so the wait is ours, with the same deadline.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
