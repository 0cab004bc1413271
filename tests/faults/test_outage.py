"""The broker is away while people work: nobody notices, and what happened arrives afterwards, in order."""

import json
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from beraad.messaging.cursors import read_cursor
from beraad.messaging.outbox import has_unnumbered, stream_state
from beraad.perform import WORKER, Store, Work, reading
from beraad.run_folder import surroundings_file
from beraad.secrets_file import read_values
from beraad.storage.engine import open_engine
from beraad.storage.tables import known_people
from faults.tally import Tally
from servers.postgres import PrivatePostgres
from servers.processes import wait_until
from servers.rabbitmq import PrivateRabbitMQ
from servers.with_servers import surroundings
from system.running_system import BERAAD, RunningSystem, clean_environment

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
WRITES_PER_SECOND = 50
CLIENTS = 5
LONG_ENOUGH = 60
"""Seconds: `make faults` has the machine to itself; beside other tests a time says nothing."""
NOISE = 0.05
"""Seconds: what other work on the machine may add to a slow request."""


@dataclass
class Writers:
    """So many people who each register somebody, at a steady pace in all."""

    system: RunningSystem
    token: str
    latencies: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._numbers = count(1)
        self._threads = [threading.Thread(target=self._work) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def p99(self, seconds: float) -> float:
        """Of the requests of the next so many seconds, in seconds."""
        before = len(self.latencies)
        time.sleep(seconds)
        return statistics.quantiles(self.latencies[before:], n=100)[98]

    def _work(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due += CLIENTS / WRITES_PER_SECOND
            self._register(next(self._numbers))

    def _register(self, number: int) -> None:
        person = {
            "id": str(uuid4()),
            "name": f"Person {number}",
            "email": f"person{number}@example.org",
            "language": "nl",
        }
        began = time.monotonic()
        answer = self.system.post("/membership/v1/people", person, Authorization=f"Bearer {self.token}")
        self.latencies.append(time.monotonic() - began)
        if answer.status == 201:
            self.registered.append(person["id"])
        else:
            self.refused.append(answer.text)


@contextmanager
def database(system: RunningSystem, service: str) -> Iterator[Store[Work]]:
    url = read_values(surroundings_file(system.data))[f"BERAAD_{service.upper()}_DATABASE_URL"]
    store = Store(service, open_engine(url), Work)
    try:
        yield store
    finally:
        store.engine.dispose()


@pytest.fixture
def system(tmp_path: Path, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ) -> Iterator[RunningSystem]:
    """The four services on PostgreSQL and RabbitMQ."""
    postgres.start()
    rabbitmq.start()
    name = f"outage{uuid4().hex[:8]}"
    running = RunningSystem(tmp_path, surroundings(postgres, rabbitmq, name))
    running.start()
    yield running
    running.stop()
    rabbitmq.start()
    rabbitmq.delete_vhost(name)


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.long)])
def test_the_broker_is_away_while_fifty_people_a_second_are_registered(
    system: RunningSystem, rabbitmq: PrivateRabbitMQ, seconds: int, tally: Tally
) -> None:
    """No request fails, none is much slower; then all is applied: the same people, in the order of the log."""
    writers = Writers(system, system.administrator())
    try:
        writers.p99(3)  # caches are warm
        before = writers.p99(10)
        rabbitmq.stop()
        during = writers.p99(seconds)
        rabbitmq.start()
    finally:
        writers.stop()
    with database(system, "membership") as publisher, database(system, "meetings") as listener:
        assert wait_until(lambda: current(publisher, listener), within=90)
        with reading(listener) as work:
            known = set(map(str, work.session.execute(select(known_people.c.person_id)).scalars()))
    tally(
        requests=len(writers.latencies),
        failed=len(writers.refused),
        p99_before_ms=round(1000 * before),
        p99_during_ms=round(1000 * during),
        registered=len(writers.registered),
        known_elsewhere=len(known & set(writers.registered)),
    )
    assert writers.refused == []
    assert set(writers.registered) <= known
    if seconds >= LONG_ENOUGH:
        assert during <= 2 * before + NOISE
    compared = subprocess.run(
        [BERAAD, "--of", str(system.data), "rebuild", "meetings", "--check", "--json"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert json.loads(compared.stdout.splitlines()[0])["stream"] == "membership"


def current(publisher: Store[Work], listener: Store[Work]) -> bool:
    """Everything written is numbered, and applied by the listener."""
    with reading(publisher, WORKER) as work:
        if has_unnumbered(work.session):
            return False
        last = stream_state(work.session, "membership").position
    with reading(listener, WORKER) as work:
        return read_cursor(work.session, "membership").position == last
