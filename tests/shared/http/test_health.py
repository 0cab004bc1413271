"""`/livez`, `/readyz`, `/metrics`, and a database that is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from beraad.http.application import create_application
from beraad.prepare import prepare
from beraad.run_folder import drain_file
from beraad.service import Service, open_store
from servers.postgres import PrivatePostgres
from worlds.callers import Caller, ok, problem
from worlds.settings import some_settings
from worlds.world import World, WorldMaker, open_world


@pytest.fixture(autouse=True)
def run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BERAAD_RUN_DIR", str(tmp_path))


def test_a_service_is_ready_when_its_database_is_migrated(
    a_world: WorldMaker, notes_service: Service, each_engine: str
) -> None:
    world = a_world(notes_service, on=each_engine)
    ready = ok(world.nobody.get("/readyz"))
    assert ready == {"status": "ready", "transport": "feed", "database": each_engine}


def test_a_draining_service_takes_no_more_requests_but_lives(world: World) -> None:
    drain_file("notes").touch()
    problem(world.nobody.get("/readyz"), 503, "Draining")
    ok(world.nobody.get("/livez"))
    drain_file("notes").unlink()
    ok(world.nobody.get("/readyz"))


def test_an_unmigrated_service_is_not_ready(notes_service: Service, tmp_path: Path) -> None:
    settings = some_settings("notes", f"sqlite:///{tmp_path}/empty.sqlite")
    store = open_store("notes", notes_service.database, settings)
    caller = Caller(create_application(notes_service, store, settings))
    told = problem(caller.get("/readyz"), 503, "MigrationsPending")
    assert "beraad migrate notes" in told["detail"]
    ok(caller.get("/livez"))
    store.engine.dispose()


def test_a_service_stays_ready_when_the_next_release_has_migrated_already(world: World) -> None:
    with world.store.writer.begin() as connection:
        connection.execute(text("UPDATE service_version SET version_num = '9999'"))
    ok(world.nobody.get("/readyz"))


def test_metrics_carry_the_services_name_and_the_route_not_the_address(world: World, anna: Caller) -> None:
    anna.get("/v1/notes/00000000-0000-0000-0000-000000000000")
    world.nobody.call("BREW", "/v1/notes")
    world.nobody.get("/some/unmatched/address")
    page = world.nobody.get("/metrics").text
    labels = (
        'beraad_requests_total{method="GET",route="/v1/notes/<uuid:note_id>",service="notes",status="404"}'
    )
    assert labels in page
    assert 'method="other"' in page
    assert "BREW" not in page
    assert 'route="unmatched"' in page
    assert "some/unmatched" not in page
    assert "beraad_request_seconds_bucket" in page


# -- the database is away ------------------------------------------------------------------------------------


@pytest.fixture
def frail(notes_service: Service) -> Iterator[tuple[World, PrivatePostgres]]:
    """A world on a server of its own, which the test may stop."""
    with PrivatePostgres(fsync=True) as server:
        settings = some_settings("notes", server.create_database("notes"))
        prepare(notes_service, settings)
        world = open_world(notes_service, settings)
        yield world, server
        world.store.engine.dispose()


def test_without_its_database_a_service_answers_503_and_does_nothing_by_half(
    frail: tuple[World, PrivatePostgres],
) -> None:
    world, server = frail
    anna = world.person()
    ok(anna.post("/v1/notes", {"text": "before"}), 201)

    server.stop(immediately=True)

    for answer in (anna.get("/v1/notes"), anna.post("/v1/notes", {"text": "lost"}, idempotency_key="k1")):
        problem(answer, 503, "DatabaseUnavailable")
        assert answer.headers["Retry-After"] == "2"
    problem(world.nobody.get("/readyz"), 503, "DatabaseUnavailable")
    ok(world.nobody.get("/livez"))

    server.start()

    ok(anna.post("/v1/notes", {"text": "after"}, idempotency_key="k1"), 201)
    assert [note["text"] for note in ok(anna.get("/v1/notes"))["items"]] == ["before", "after"]
    ok(world.nobody.get("/readyz"))


def test_a_database_that_is_busy_for_too_long_is_told(a_world: WorldMaker, notes_service: Service) -> None:
    world = a_world(notes_service, on="postgresql")
    anna = world.person()
    with world.store.engine.begin() as connection:
        connection.execute(text("LOCK TABLE notes"))
        problem(anna.post("/v1/notes", {"text": "x"}), 503, "DatabaseUnavailable")
    ok(anna.post("/v1/notes", {"text": "x"}), 201)


def test_a_database_without_a_free_connection_is_told(a_world: WorldMaker, notes_service: Service) -> None:
    world = a_world(notes_service, pool_size=1)
    anna = world.person()
    with world.store.engine.connect(), world.store.engine.connect():
        problem(anna.get("/v1/notes"), 503, "DatabaseUnavailable")
    ok(anna.get("/v1/notes"))
