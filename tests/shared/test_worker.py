import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client import REGISTRY

from beraad.messaging.bell import PipeBell
from beraad.perform import Store, Work, reading
from beraad.run_folder import heartbeat_file, why_unwell
from beraad.service import DueWork, Job, Worker
from beraad.settings import Settings
from beraad.storage.tables import outbox
from beraad.worker import AnotherWorkerRuns, WorkerBells, run_worker
from beraad.worker.bells import Waking
from beraad.worker.loop import Loop
from beraad.worker.roles import DueRole
from servers.postgres import PrivatePostgres
from servers.processes import wait_until
from servers.rabbitmq import PrivateRabbitMQ
from shared.tiny import (
    a_database,
    end_a_group,
    migrated,
    noted,
    served,
    some_settings,
    the_listener,
    the_publisher,
)


@pytest.fixture(autouse=True)
def run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BERAAD_RUN_DIR", str(tmp_path))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/membership.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return some_settings("membership", database_url, monkeypatch)


@pytest.fixture
def sqlite_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return some_settings("membership", f"sqlite:///{tmp_path}/membership.sqlite", monkeypatch)


@contextmanager
def running(worker: Worker, settings: Settings, **options: Any) -> Iterator[threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=lambda: run_worker(worker, settings, stop=stop, **options))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def positions(store: Store[Work]) -> list[int | None]:
    with reading(store) as work:
        return list(work.session.execute(outbox.select().with_only_columns(outbox.c.position)).scalars())


def eventually(true: Callable[[], bool], within: float = 10) -> None:
    assert wait_until(true, within=within)


def heartbeat(which: str = "worker") -> dict[str, Any]:
    eventually(lambda: why_unwell("membership", which) is None)
    told: dict[str, Any] = json.loads(heartbeat_file("membership", which).read_text())
    return told


def roles(which: str = "worker") -> dict[str, Any]:
    told: dict[str, Any] = heartbeat(which)["roles"]
    return told


def test_what_one_service_publishes_reaches_the_other(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = a_database(tmp_path)
    with (
        migrated("membership", database, settings) as publisher,
        served(database, publisher, settings) as address,
        running(the_publisher(database), settings),
    ):
        ours = some_settings(
            "meetings", f"sqlite:///{tmp_path}/meetings.sqlite", monkeypatch, MEMBERSHIP_URL=address
        )
        with migrated("meetings", database, ours) as listener, running(the_listener(database), ours):
            for _ in range(3):
                end_a_group(publisher)
            eventually(lambda: noted(listener) == 3)
        assert positions(publisher) == [1, 2, 3]


def test_over_rabbitmq_too_also_after_the_broker_was_away(
    rabbitmq: PrivateRabbitMQ,
    amqp_url: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = a_database(tmp_path)
    theirs = replace(settings, broker_url=amqp_url)
    with (
        migrated("membership", database, theirs) as publisher,
        served(database, publisher, theirs) as address,
    ):
        around = {"BROKER_URL": amqp_url, "MEMBERSHIP_URL": address}
        ours = some_settings("meetings", f"sqlite:///{tmp_path}/meetings.sqlite", monkeypatch, **around)
        with (
            migrated("meetings", database, ours) as listener,
            running(the_publisher(database), theirs),
            running(the_listener(database), ours),
        ):
            end_a_group(publisher)
            eventually(lambda: noted(listener) == 1, within=20)
            rabbitmq.stop()
            end_a_group(publisher)
            eventually(lambda: roles()["relay"]["error"] is not None, within=20)
            rabbitmq.start()
            eventually(lambda: noted(listener) == 2, within=30)
            eventually(lambda: roles()["relay"]["error"] is None)


def test_a_broker_with_an_alarm_is_told_of_until_it_is_over(
    rabbitmq: PrivateRabbitMQ, amqp_url: str, settings: Settings, tmp_path: Path
) -> None:
    database = a_database(tmp_path)
    ours = replace(settings, broker_url=amqp_url)

    def told() -> tuple[bool, float | None]:
        gauge = REGISTRY.get_sample_value("beraad_transport_blocked", {"service": "membership"})
        return heartbeat()["blocked"], gauge

    with migrated("membership", database, ours) as store, running(the_publisher(database), ours):
        end_a_group(store)
        eventually(lambda: positions(store) == [1] and told() == (False, 0))
        rabbitmq.evaluate("rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []})")
        try:
            end_a_group(store)
            eventually(lambda: told() == (True, 1) and "alarm" in str(roles()["relay"]["error"]), within=20)
        finally:
            rabbitmq.evaluate("rabbit_alarm:clear_alarm({resource_limit, memory, node()})")
        eventually(lambda: told() == (False, 0) and roles()["relay"]["error"] is None, within=30)


def test_a_ring_wakes_a_resting_worker_at_once(sqlite_settings: Settings, tmp_path: Path) -> None:
    database = a_database(tmp_path)
    bells = WorkerBells(PipeBell(), PipeBell())
    with (
        migrated("membership", database, sqlite_settings) as store,
        running(the_publisher(database), sqlite_settings, bells=bells),
    ):
        roles()
        threading.Event().wait(6)  # the relay rests for seconds by now
        end_a_group(store)
        bells.committed.ring()
        eventually(lambda: positions(store) == [1], within=0.8)


def test_due_work_that_fails_leaves_the_relay_alone_and_is_tried_again(
    settings: Settings, tmp_path: Path
) -> None:
    database = a_database(tmp_path)
    mended, done = threading.Event(), threading.Event()

    def once(_store: Store[Any], _settings: Settings) -> bool:
        if not mended.is_set():
            raise ZeroDivisionError("a defect")
        done.set()
        return False

    worker = the_publisher(database, DueWork("trouble", once))
    with migrated("membership", database, settings) as store, running(worker, settings):
        end_a_group(store)
        eventually(lambda: positions(store) == [1])
        eventually(lambda: "a defect" in str(roles()["due"]["error"]))
        mended.set()
        assert done.wait(10)
        eventually(lambda: roles()["due"]["error"] is None)


def test_nothing_waits_for_a_job_that_takes_long_and_it_is_taken_for_alive(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    database = a_database(tmp_path)
    end, due = threading.Event(), threading.Event()

    def work(_store: Store[Any], _settings: Settings, alive: Callable[[], bool]) -> bool:
        while alive() and not end.wait(0.01):
            pass
        return False

    def once(_store: Store[Any], _settings: Settings) -> bool:
        due.set()
        return False

    worker = replace(the_publisher(database, DueWork("call", once)), jobs=(Job("work", work),))
    with migrated("membership", database, sqlite_settings) as store, running(worker, sqlite_settings):
        try:
            assert due.wait(10)
            end_a_group(store)
            eventually(lambda: positions(store) == [1])
            eventually(lambda: roles()["jobs"]["idle"] < 1)
            assert roles()["jobs"]["error"] is None
        except BaseException:
            end.set()
            raise


def test_a_kind_of_due_work_that_fails_leaves_the_others_alone(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    database = a_database(tmp_path)
    done = threading.Event()

    def trouble(_store: Store[Any], _settings: Settings) -> bool:
        raise ZeroDivisionError("a defect")

    def once(_store: Store[Any], _settings: Settings) -> bool:
        done.set()
        return False

    worker = the_publisher(database, DueWork("trouble", trouble), DueWork("call", once))
    with migrated("membership", database, sqlite_settings), running(worker, sqlite_settings):
        assert done.wait(10)
        eventually(lambda: "a defect" in str(roles()["due"]["error"]))


class LongStep:
    """A step that goes on until the test ends it, and says each time that it lives."""

    longest_rest = 1.0
    easing = 2.0

    def __init__(self, alive: Callable[[], object], end: threading.Event) -> None:
        self._alive = alive
        self._end = end

    def step(self, rest: float) -> bool:
        while not self._end.wait(0.01):
            self._alive()
        return True

    def close(self) -> None: ...


def test_a_piece_of_due_work_wakes_the_jobs_that_may_follow_from_it() -> None:
    waking, store, settings = Waking(), cast("Any", None), cast("Any", None)
    for done in (True, False):
        heard = waking.committed.rings
        DueRole([DueWork("piece", lambda *_: done)], store, settings, waking).step(0.0)  # noqa: B023 - at once
        assert (waking.committed.rings > heard) is done


def test_a_role_in_the_middle_of_a_long_step_is_taken_for_alive() -> None:
    stop = threading.Event()
    loop = Loop("consumer", lambda alive: LongStep(alive, stop), stop)
    loop.start()
    for _ in range(2):
        seen = loop.lived_at
        eventually(lambda seen=seen: loop.lived_at > seen)  # type: ignore[misc]
    stop.set()
    loop.join(5)
    assert not loop.is_alive()


class Rests:
    """Has something to do in one step, and writes down how long it may sleep in those that follow."""

    longest_rest = 0.1
    easing = 2.0

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.rests: list[float] = []

    def step(self, rest: float) -> bool:
        self.rests.append(rest)
        if len(self.rests) == 6:
            self._stop.set()
        return len(self.rests) == 1

    def close(self) -> None: ...


def test_who_finds_nothing_to_do_sleeps_longer_each_time() -> None:
    stop = threading.Event()
    role = Rests(stop)
    loop = Loop("relay", lambda _alive: role, stop)
    loop.start()
    loop.join(5)
    assert role.rests == [0.02, 0.02, 0.04, 0.08, 0.1, 0.1]


def test_only_the_chosen_role_runs(sqlite_settings: Settings, tmp_path: Path) -> None:
    database = a_database(tmp_path)
    called = threading.Event()

    def once(_store: Store[Any], _settings: Settings) -> bool:
        called.set()
        return False

    worker = the_publisher(database, DueWork("call", once))
    with migrated("membership", database, sqlite_settings), running(worker, sqlite_settings, only="relay"):
        assert list(roles("relay")) == ["relay"]
    assert not called.is_set()


def test_a_second_worker_on_one_sqlite_file_is_refused(sqlite_settings: Settings, tmp_path: Path) -> None:
    database = a_database(tmp_path)
    worker = the_publisher(database)
    with migrated("membership", database, sqlite_settings):
        with running(worker, sqlite_settings):
            roles()
            with pytest.raises(AnotherWorkerRuns, match="takes one worker, use PostgreSQL"):
                run_worker(worker, sqlite_settings, stop=threading.Event())
        with running(worker, sqlite_settings) as thread:
            assert thread.is_alive()


def test_a_worker_waits_for_the_migrations(settings: Settings, tmp_path: Path) -> None:
    database = a_database(tmp_path)
    with running(the_publisher(database), settings):
        threading.Event().wait(0.3)
        assert why_unwell("membership") == "it never told how it fares"
        with migrated("membership", database, settings) as store:
            end_a_group(store)
            eventually(lambda: positions(store) == [1])


def test_a_restarted_database_is_found_again(
    postgres: PrivatePostgres, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = a_database(tmp_path)
    settings = some_settings("membership", postgres_url, monkeypatch)
    with migrated("membership", database, settings) as store, running(the_publisher(database), settings):
        end_a_group(store)
        eventually(lambda: positions(store) == [1])
        postgres.restart()
        end_a_group(store)
        eventually(lambda: positions(store) == [1, 2])
