"""Databases: every wait has a deadline, SQLite writers announce themselves."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from beraad.storage import engine as storage
from beraad.storage.engine import open_engine
from worlds.races import at_once


def test_a_statement_that_takes_too_long_is_ended(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    started = time.monotonic()
    with engine.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(20)"))
    assert 2.5 < time.monotonic() - started < 6
    engine.dispose()


def test_a_lock_that_is_not_free_is_waited_for_two_seconds(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n int)"))
    with engine.connect() as holder, engine.connect() as waiter:
        holder.execute(text("LOCK TABLE t"))
        started = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"):
            waiter.execute(text("SELECT * FROM t"))
        assert 1.5 < time.monotonic() - started < 4
    engine.dispose()


def test_postgresql_speaks_utc(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW timezone")).scalar() == "UTC"
    engine.dispose()


TERMINATE = text("SELECT pg_terminate_backend(:pid, 5000)")  # waits until it is gone


def backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


@pytest.fixture
def engines(postgres_url: str) -> Iterator[tuple[Engine, Engine]]:
    used, other = open_engine(postgres_url), open_engine(postgres_url)
    yield used, other
    used.dispose()
    other.dispose()


def test_a_connection_that_broke_meanwhile_is_replaced(engines: tuple[Engine, Engine]) -> None:
    engine, other = engines
    for _ in range(3):
        before = backend(engine)
        with other.connect() as connection:
            connection.execute(TERMINATE, {"pid": before})
        assert backend(engine) != before


def test_with_one_that_broke_all_those_of_its_time_are_replaced(engines: tuple[Engine, Engine]) -> None:
    engine, other = engines
    with engine.connect() as one, engine.connect() as two:
        pids = [c.execute(text("SELECT pg_backend_pid()")).scalar_one() for c in (one, two)]
    with other.connect() as connection:
        for pid in pids:
            connection.execute(TERMINATE, {"pid": pid})
    with engine.connect() as one, engine.connect() as two:
        assert {c.execute(text("SELECT 1")).scalar_one() for c in (one, two)} == {1}


def test_a_connection_in_use_is_not_asked_and_one_that_rested_is(
    engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _ = engines
    asked: list[object] = []
    answers = storage._answers

    def ask(connection: object) -> bool:
        asked.append(connection)
        return answers(connection)

    monkeypatch.setattr(storage, "_answers", ask)
    first = backend(engine)
    assert backend(engine) == first
    assert asked == []
    monkeypatch.setattr(storage, "TRUSTED_SECONDS", 0.0)
    assert backend(engine) == first
    assert len(asked) == 1
    monkeypatch.setattr(storage, "_answers", lambda _connection: False)
    assert backend(engine) != first


def test_a_connection_closed_on_our_side_is_replaced(engines: tuple[Engine, Engine]) -> None:
    engine, _ = engines
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        before = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    assert driver is not None
    driver.close()
    assert backend(engine) != before


def test_sqlite_keeps_what_it_committed_and_checks_references(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    engine.dispose()


def test_a_writer_of_sqlite_waits_before_it_reads(tmp_path: Path) -> None:
    """`BEGIN IMMEDIATE`: two who read, then write, would else fail with a stale snapshot."""
    engine = open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    writer = engine.execution_options(writing=True)
    with writer.begin() as connection:
        connection.execute(text("CREATE TABLE t (n int)"))
        connection.execute(text("INSERT INTO t VALUES (0)"))

    def count_up() -> None:
        for _ in range(20):
            with writer.begin() as connection:
                read = connection.execute(text("SELECT n FROM t")).scalar_one()
                connection.execute(text("UPDATE t SET n = :n"), {"n": read + 1})

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM t")).scalar() == 80
    engine.dispose()


def test_readers_of_sqlite_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    with engine.execution_options(writing=True).begin() as writer:
        writer.execute(text("CREATE TABLE t (n int)"))
    with engine.execution_options(writing=True).begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


def test_a_new_sqlite_file_may_be_opened_by_several_at_once(tmp_path: Path) -> None:
    """The switch to the write-ahead log answers "locked" at once, whatever the busy timeout says."""

    def open_and_write(engine: Engine) -> Callable[[], str]:
        def write() -> str:
            with engine.execution_options(writing=True).begin() as connection:
                connection.execute(text("CREATE TABLE IF NOT EXISTS t (n int)"))
                return str(connection.execute(text("PRAGMA journal_mode")).scalar())

        return write

    for number in range(200):
        engines = [open_engine(f"sqlite:///{tmp_path}/{number}.sqlite") for _ in range(4)]
        assert at_once([open_and_write(engine) for engine in engines]) == ["wal"] * 4
        for engine in engines:
            engine.dispose()
