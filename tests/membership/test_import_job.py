"""An import in pieces: seen while it runs, cancelled, killed, worked on by several, and failing."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select

from beraad.perform import WORKER, perform, transaction
from beraad_membership.domain.imports import ATTEMPTS
from beraad_membership.storage.tables import people, people_import_rows
from beraad_membership.use_cases.continue_import import TOGETHER, ContinueImport, continue_import
from beraad_membership.use_cases.note_failed_piece import NoteFailedPiece, note_failed_piece
from beraad_membership.worker import continue_imports_once
from membership.test_import import counts, imported, send
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

REGISTERED = "membership.person.registered.v1"
GO_ON = """
import os
from beraad.service import open_store
from beraad.settings import read_settings
from beraad_membership.storage.database import DATABASE
from beraad_membership.worker import continue_imports_once

settings = read_settings("membership")
store = open_store("membership", DATABASE, settings)
while continue_imports_once(store, settings):
    pass
"""


def a_file(rows: int) -> str:
    lines = [f"Person {n},person{n}@smart.test,user,{n}" for n in range(rows)]
    return "\n".join(["name,email,profiles,external_id", *lines])


def accepted(ada: Caller, rows: int = 2 * TOGETHER + 10) -> UUID:
    return UUID(ok(send(ada, a_file(rows)), 202)["id"])


def shown(ada: Caller, import_id: UUID) -> dict[str, Any]:
    report: dict[str, Any] = ok(ada.get(f"/v1/people-imports/{import_id}"))
    return report


def go_on(world: World) -> bool:
    return continue_imports_once(world.store, world.settings)


def registered(world: World) -> tuple[int, int]:
    """How many people came from the file, and how many were told of."""
    with transaction(world.store, WORKER) as work:
        there = select(func.count()).select_from(people).where(people.c.external_id.is_not(None))
        kept = work.session.execute(there).scalar_one()
    return kept, len([told for told in world.published(REGISTERED) if told["name"].startswith("Person")])


def test_progress_is_seen_while_it_runs(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    import_id = accepted(ada)
    assert go_on(world)
    running = shown(ada, import_id)
    assert (running["state"], running["rows_done"], running["registered"]) == ("running", TOGETHER, TOGETHER)
    assert running["started_at"]
    assert go_on(world)
    assert go_on(world)
    assert not go_on(world)
    assert shown(ada, import_id)["state"] == "done"
    assert registered(world) == (2 * TOGETHER + 10, 2 * TOGETHER + 10)


def test_a_piece_takes_as_many_statements_however_many_rows_it_has(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    sent = []
    for rows in (10, 400):
        accepted(ada, rows)
        with world.counting_statements() as statements:
            assert go_on(world)
        sent.append(len(statements))
    assert sent[1] <= sent[0] + 1  # of the second, the first ten are unchanged


def test_a_row_that_stands_in_an_earlier_piece_is_refused(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    first, *others = a_file(TOGETHER).splitlines()[1:]
    same = "\n".join(["name,email,profiles,external_id", first, *others, first, "New,person1@smart.test,,x"])
    for dry_run in (True, False):
        assert counts(imported(world, ada, same, dry_run=dry_run)) == [TOGETHER, 0, 0, 2]


def test_what_an_import_says_of_people_is_forgotten_when_it_ends(world: World, ada: Caller) -> None:
    accepted(ada, 3)
    world.falls_due()
    cancelled = accepted(ada, 3)
    ok(ada.delete(f"/v1/people-imports/{cancelled}"), 204)
    with transaction(world.store, WORKER) as work:
        columns = (people_import_rows.c.email, people_import_rows.c.external_id, people_import_rows.c.person)
        kept = {tuple(row) for row in work.session.execute(select(*columns))}
    assert kept == {(None, None, None)}


def test_a_cancelled_import_stops_after_its_piece(world: World, ada: Caller) -> None:
    import_id = accepted(ada)
    go_on(world)
    address = f"/v1/people-imports/{import_id}"
    assert shown(ada, import_id)["allowed_actions"]["import.cancel"]["allowed"]
    ok(ada.delete(address), 204)
    ok(ada.delete(address), 204)
    assert not go_on(world)
    assert perform(world.store, continue_import, ContinueImport(import_id)) is False
    assert (shown(ada, import_id)["state"], registered(world)) == ("cancelled", (TOGETHER, TOGETHER))
    done = accepted(ada, 1)
    go_on(world)
    problem(ada.delete(f"/v1/people-imports/{done}"), 409, "ImportHasEnded")
    problem(ada.delete(f"/v1/people-imports/{uuid4()}"), 404, "NotFound")
    problem(ada.get(f"/v1/people-imports/{uuid4()}"), 404, "NotFound")


def test_several_workers_work_off_an_import_once(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada = world.administrator()
    import_id = accepted(ada)

    def until_done() -> None:
        while shown(ada, import_id)["state"] != "done":
            go_on(world)

    assert at_once([until_done] * 4) == [None] * 4
    assert registered(world) == (2 * TOGETHER + 10, 2 * TOGETHER + 10)
    assert counts(shown(ada, import_id)) == [2 * TOGETHER + 10, 0, 0, 0]


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    rows = 8 * TOGETHER
    import_id = accepted(ada, rows)
    given = {"BERAAD_ENVIRONMENT": "development", "BERAAD_DATABASE_URL": world.settings.database_url}
    with subprocess.Popen([sys.executable, "-c", GO_ON], env={**os.environ, **given}) as worker:
        deadline = time.monotonic() + 120
        while shown(ada, import_id)["rows_done"] < TOGETHER and time.monotonic() < deadline:
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
    report = shown(ada, import_id)
    assert 0 < report["rows_done"] < rows, "it was to be killed in the middle"
    assert registered(world) == (report["rows_done"], report["rows_done"])

    while go_on(world):
        pass

    assert (shown(ada, import_id)["state"], registered(world)) == ("done", (rows, rows))


def test_what_somebody_registers_meanwhile_is_met_when_the_piece_is_tried_again(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    import_id = accepted(ada, 3)
    body = {"name": "Other", "email": "person1@smart.test"}

    def crash(command: ContinueImport, work: Any, now: datetime) -> None:
        continue_import(command, work, now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        perform(world.store, crash, ContinueImport(import_id))
    ok(ada.post("/v1/people", body), 201)
    world.falls_due()
    assert counts(shown(ada, import_id)) == [2, 1, 0, 0]  # the address was known without external id: linked


def test_an_import_that_fails_again_and_again_ends_and_others_go_on(world: World, ada: Caller) -> None:
    broken, good = accepted(ada, 3), accepted(ada, 2)

    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO people "):
            raise ValueError("as a defect would")

    event.listen(world.store.engine, "before_cursor_execute", refuse)
    for attempt in range(ATTEMPTS):
        assert shown(ada, broken)["state"] == ("running" if attempt else "waiting")
        assert go_on(world)
    event.remove(world.store.engine, "before_cursor_execute", refuse)
    failed = shown(ada, broken)
    assert (failed["state"], failed["failure"], failed["rows_done"]) == ("failed", "ValueError", 0)
    perform(world.store, note_failed_piece, NoteFailedPiece(broken, "late"))
    assert shown(ada, broken) == failed
    world.falls_due()
    assert shown(ada, good)["state"] == "done"


def test_rows_are_listed_page_by_page(world: World, ada: Caller) -> None:
    import_id = accepted(ada, 5)
    world.falls_due()
    first = ada.get(f"/v1/people-imports/{import_id}/rows?limit=3&result=registered")
    second = ada.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [row["line"] for page in (first, second) for row in ok(page)["items"]] == [2, 3, 4, 5, 6]
    assert ada.get(f"/v1/people-imports/{import_id}/rows", if_none_match='W/"x"').status_code == 200
    listed = partial(ada.get, f"/v1/people-imports/{import_id}/rows")
    assert listed(if_none_match=listed().headers["ETag"]).status_code == 304
    problem(ada.get(f"/v1/people-imports/{import_id}/rows?result=lost"), 422, "InvalidRequest")


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


@pytest.fixture
def ada(world: World) -> Caller:
    return world.administrator()
