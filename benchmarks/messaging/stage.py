"""Where it is measured: a private PostgreSQL and RabbitMQ, and the product's own workers as an operator starts them.

`membership` publishes, `meetings` listens. Nothing of the product is changed or left out: schema checks, cursors,
metrics, logs and fsync are on.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString, Self
from uuid import UUID

import pika
import psycopg

from beraad.identifiers import new_id
from beraad.messaging.outbox import events_after
from beraad.messaging.topology import declare
from beraad.perform import WORKER, Store, reading, transaction
from beraad.service import find_service, open_store
from beraad.settings import read_settings
from beraad_membership.domain.people import Person
from servers.postgres import PrivatePostgres
from servers.processes import wait_until
from servers.rabbitmq import PrivateRabbitMQ
from servers.with_servers import surroundings

PUBLISHER, LISTENER = "membership", "meetings"
PEER_PYTHON = Path(__file__).parents[1] / ".venv/bin/python"
PEERS = Path(__file__).parent / "peers"
GLANCE = 0.01
LONGEST = 120.0
PER_TRANSACTION = 200


class MeasurementFailed(Exception):
    """A figure could not be taken honestly: nothing is written."""


class Stage:
    """Use it as a context manager; everything is gone in the end."""

    def __enter__(self) -> Self:
        with ExitStack() as building:
            postgres = building.enter_context(
                PrivatePostgres(fsync=True, settings={"track_commit_timestamp": "on"})
            )
            self.rabbitmq = building.enter_context(PrivateRabbitMQ())
            self.folder = Path(building.enter_context(tempfile.TemporaryDirectory(prefix="beraad-bench-")))
            self.variables = surroundings(postgres, self.rabbitmq, "bench")
            self.broker_url = self.variables["BERAAD_BROKER_URL"]
            os.environ |= self.variables | {"BERAAD_ENVIRONMENT": "development", "TMPDIR": str(self.folder)}
            self.publisher = self._prepared(PUBLISHER, building)
            self.listener = self._prepared(LISTENER, building)
            declare(self.broker_url, LISTENER, [PUBLISHER])
            self._looking = building.enter_context(_autocommit(self.listener))
            self._looking_out = building.enter_context(_autocommit(self.publisher))
            self._stack = building.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _prepared(self, service: str, stack: ExitStack) -> Store[Any]:
        subprocess.run([_beraad(), "migrate", service], check=True, capture_output=True, timeout=120)
        store = open_store(service, find_service(service).database, read_settings(service))
        stack.callback(store.engine.dispose)
        return store

    # -- writing and looking --------------------------------------------------------------------------------

    def register(self, count: int, name: str = "Anna") -> list[UUID]:
        """So many people are registered and told of, 200 in a transaction."""
        people: list[UUID] = []
        while len(people) < count:
            with transaction(self.publisher, WORKER) as work:
                some = min(PER_TRANSACTION, count - len(people))
                people.extend(_register(work, name) for _ in range(some))
        return people

    def register_one(self) -> UUID:
        """One person in a transaction of their own."""
        with transaction(self.publisher, WORKER) as work:
            return _register(work, "Bram")

    def written(self) -> int:
        """Events the publisher has committed in all."""
        return _number(self._looking_out, "SELECT count(*) FROM outbox WHERE stream = %s")

    def confirmed(self) -> int:
        """Up to where the broker has the publisher's stream, as its relay has recorded."""
        return _number(self._looking_out, "SELECT confirmed FROM streams WHERE stream = %s")

    def applied(self) -> int:
        """Up to where the listener has applied it."""
        return _number(self._looking, "SELECT position FROM cursors WHERE stream = %s")

    def servers(self) -> str:
        """What it is measured with, in words."""
        row = self._looking.execute("SHOW server_version").fetchone()
        postgres = str(row[0]).split()[0] if row else "?"
        with self._channel() as channel:
            rabbitmq = channel.connection._impl.server_properties["version"]  # noqa: SLF001 - nothing public tells
        return f"PostgreSQL {postgres}, RabbitMQ {rabbitmq}"

    def committed_at(self, people: list[UUID]) -> dict[UUID, datetime]:
        """When each was committed by the publisher, by PostgreSQL's own word."""
        query = "SELECT id, pg_xact_commit_timestamp(xmin) FROM people WHERE id = ANY(%s)"
        return dict(self._looking_out.execute(query, (people,)).fetchall())

    def known_at(self, people: list[UUID]) -> dict[UUID, datetime]:
        """When the listener committed what it keeps of each that it knows."""
        query = "SELECT person_id, pg_xact_commit_timestamp(xmin) FROM known_people WHERE person_id = ANY(%s)"
        return dict(self._looking.execute(query, (people,)).fetchall())

    # -- the product's processes ----------------------------------------------------------------------------

    @contextmanager
    def worker(
        self, service: str, role: str, *, one_by_one: bool = False, started: bool = False
    ) -> Iterator[subprocess.Popen[bytes]]:
        """`beraad worker SERVICE --only ROLE`, in order ended; `one_by_one` takes its batches' size from it.

        With `started` it is handed over when it works (a standby: waits for its turn).
        """
        command = [sys.executable, "-m", "benchmarks.messaging.one_by_one"] if one_by_one else [_beraad()]
        own = tempfile.mkdtemp(dir=self.folder)
        with (self.folder / f"{service}.{role}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "worker", service, "--only", role],
                stdout=log,
                stderr=log,
                env={**os.environ, "TMPDIR": own, "BERAAD_RUN_DIR": own},
            )
        try:
            if started and not wait_until(lambda: any(Path(own).glob("beraad-*.json")), within=30):
                raise MeasurementFailed(f"the {role} of {service} does not start")
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)

    def rate(self, place: Callable[[], int], target: int) -> float:
        """Events per second between the first progress that is seen and the target, looked at every 10 ms."""
        first = before = place()
        began = 0.0
        deadline = time.monotonic() + LONGEST
        while before < target:
            if time.monotonic() > deadline:
                raise MeasurementFailed(f"only {before} of {target} within {LONGEST:.0f} s")
            time.sleep(GLANCE)
            now, at = place(), time.perf_counter()
            if not began and now > first:
                first, began = now, at
            before = now
        if target == first:
            raise MeasurementFailed("done at the first look: measure more events")
        return (target - first) / (time.perf_counter() - began)

    # -- the peers ------------------------------------------------------------------------------------------

    def declare_peers(self) -> None:
        """Their own exchange, and a queue like ours for each of what is told."""
        with self._channel() as channel:
            channel.exchange_declare("peers", "topic", durable=True)
            self._declare_queue(channel, "peers.events")
            channel.queue_bind("peers.events", "peers", f"{PUBLISHER}.#")

    def depth(self, queue: str) -> int:
        """Messages that wait there."""
        with self._channel() as channel:
            return int(channel.queue_declare(queue, passive=True).method.message_count)

    def purge(self, queue: str) -> None:
        """Nothing waits there any more."""
        with self._channel() as channel:
            channel.queue_purge(queue)

    def save_messages(self, count: int) -> None:
        """The product's own last messages, for the peers to send byte for byte."""
        lines: list[str] = []
        after = self.confirmed() - count
        with reading(self.publisher) as work:
            for first in range(after, after + count, PER_TRANSACTION):
                for envelope in events_after(work.session, PUBLISHER, first, PER_TRANSACTION):
                    headers, body = envelope.to_amqp()
                    lines.append(json.dumps({"headers": headers, "body": body.decode()}))
        (self.folder / "messages.jsonl").write_text("\n".join(lines[:count]))

    def peer(self, script: str, queue: str, count: int, *, ahead: int = 0) -> float:
        """Run it; messages per second by its own clock. `ahead` as in `peers/common.py`."""
        try:
            done = subprocess.run(
                [PEER_PYTHON, PEERS / f"{script}.py"],
                capture_output=True,
                text=True,
                check=True,
                timeout=LONGEST,
                env={
                    "PATH": os.environ["PATH"],
                    "PEER_AMQP_URL": self.broker_url,
                    "PEER_QUEUE": queue,
                    "PEER_MESSAGES": str(self.folder / "messages.jsonl"),
                    "PEER_COUNT": str(count),
                    "PEER_AHEAD": str(ahead),
                },
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise MeasurementFailed(f"{script}: {error}\n{error.stderr}") from error
        told = next((line for line in done.stdout.splitlines() if line.startswith('{"messages"')), None)
        if told is None:
            raise MeasurementFailed(f"{script} told nothing\n{done.stderr}")
        figures = json.loads(told)
        return float(figures["messages"] / figures["seconds"])

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        connection = pika.BlockingConnection(pika.URLParameters(self.broker_url))
        try:
            yield connection.channel()
        finally:
            connection.close()

    @staticmethod
    def _declare_queue(channel: Any, name: str) -> None:
        channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})


def _beraad() -> str:
    return str(Path(sys.executable).with_name("beraad"))


def _register(work: Any, name: str) -> UUID:
    person = Person(
        id=new_id(),
        name=name,
        email="",
        language="nl",
        time_zone="Europe/Brussels",
        profiles=["worker"],
    )
    person.email = f"{person.id}@example.org"
    work.people.add(person)
    work.publish(person.registered())
    return person.id


@contextmanager
def _autocommit(store: Store[Any]) -> Iterator[psycopg.Connection]:
    """A connection beside the product's, that sees what is committed."""
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        yield connection


def _number(connection: psycopg.Connection, query: LiteralString) -> int:
    row = connection.execute(query, (PUBLISHER,)).fetchone()
    return int(row[0]) if row else 0
