from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from servers.leftovers import processes_of
from servers.postgres import PrivatePostgres


@pytest.fixture(params=[False, True], ids=["fast", "durable"])
def server(request: pytest.FixtureRequest) -> Iterator[PrivatePostgres]:
    with PrivatePostgres(fsync=request.param) as started:
        yield started


def _run(url: str, *statements: str) -> list[object]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements[:-1]:
                connection.execute(text(statement))
            return list(connection.execute(text(statements[-1])).scalars())
    finally:
        engine.dispose()


def test_committed_rows_survive_a_stop_and_a_start(server: PrivatePostgres) -> None:
    url = server.create_database("kept")
    _run(url, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (7) RETURNING i")

    server.restart()

    assert _run(url, "SELECT i FROM t") == [7]


def test_a_durable_server_keeps_committed_rows_over_kill_9() -> None:
    with PrivatePostgres(fsync=True) as server:
        url = server.create_database("kept")
        _run(url, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (7) RETURNING i")

        server.kill()
        assert not server.running()
        server.start()
        assert _run(url, "SELECT i FROM t") == [7]

        server.restart(immediately=True)
        assert _run(url, "SELECT i FROM t") == [7]


def test_a_database_copies_its_template(postgres: PrivatePostgres) -> None:
    _run(
        postgres.create_database("pattern"), "CREATE TABLE t (i int)", "INSERT INTO t VALUES (7) RETURNING i"
    )

    assert _run(postgres.create_database("copy", template="pattern"), "SELECT i FROM t") == [7]


def test_each_test_gets_an_empty_database(postgres_url: str) -> None:
    assert _run(postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [0]


def test_nothing_is_left_after_close() -> None:
    with PrivatePostgres() as server:
        folder = server.folder
        assert processes_of(folder)

    assert processes_of(folder) == []
    assert not folder.exists()
