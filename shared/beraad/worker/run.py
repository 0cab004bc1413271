"""One worker process, from its first lock to its last breath."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from beraad.perform import Store
from beraad.run_folder import heartbeat_file
from beraad.service import Worker, open_store
from beraad.settings import Settings
from beraad.storage.leadership import Leadership
from beraad.storage.migrate import pending_migrations
from beraad.worker.bells import Waking, WorkerBells, waking
from beraad.worker.loop import Loop
from beraad.worker.vitals import Vitals
from beraad.worker.wiring import Wiring

ROLES = ("relay", "consumer", "due", "jobs")
STOP_WITHIN = 9.0
log = structlog.get_logger()


class AnotherWorkerRuns(Exception):
    """One SQLite database takes one worker process; more of them need PostgreSQL."""


def run_worker(
    worker: Worker,
    settings: Settings,
    *,
    stop: threading.Event,
    only: str | None = None,
    bells: WorkerBells | None = None,
) -> bool:
    """Work until `stop`; then every role finishes its step and gives back what it holds, within 9 seconds.

    False where one did not: it is still at it, and the process should end without waiting for it.
    `only` names one of `ROLES`. Raises `AnotherWorkerRuns` on a SQLite database that has its worker.
    """
    heard = waking(bells)
    with _open(worker, settings, heard) as store, _alone(store):
        _await_migrations(worker, store, stop)
        wiring = Wiring(worker, settings, store, heard)
        loops = [
            Loop(name, partial(wiring.role, name), stop)
            for name in ROLES
            if only in {None, name} and wiring.has(name)
        ]
        gc.freeze()  # what stands now stays; looking through it again and again cost a sixth of the throughput
        vitals = Vitals(store, loops, heartbeat_file(worker.name, only or "worker"), wiring, stop)
        ended = _run([*loops, vitals], stop, heard.ring)
    log.info("worker_stopped", service=worker.name)
    return ended


@contextmanager
def _open(worker: Worker, settings: Settings, heard: Waking) -> Iterator[Store[Any]]:
    store = open_store(worker.name, worker.database, settings, heard.committed)
    try:
        yield store
    finally:
        store.engine.dispose()


def _run(threads: Sequence[threading.Thread], stop: threading.Event, wake: Callable[[], None]) -> bool:
    if not stop.is_set():
        for thread in threads:
            thread.start()
    stop.wait()
    wake()
    deadline = time.monotonic() + STOP_WITHIN
    for thread in filter(threading.Thread.is_alive, threads):
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            log.warning("role_left_behind", role=thread.name)
    return not any(map(threading.Thread.is_alive, threads))


@contextmanager
def _alone(store: Store[Any]) -> Iterator[None]:
    if store.engine.dialect.name != "sqlite":
        yield
        return
    lock = Leadership(store.engine, "worker")
    if not lock.held():
        raise AnotherWorkerRuns(
            f"another worker of {store.service} runs on {store.engine.url.database}: "
            "one SQLite database takes one worker, use PostgreSQL for more"
        )
    try:
        yield
    finally:
        lock.release()


def _await_migrations(worker: Worker, store: Store[Any], stop: threading.Event) -> None:
    told = False
    while not stop.is_set() and _is_behind(worker, store):
        if not told:
            log.warning(
                "migrations_pending", service=worker.name, advice=f"run `beraad migrate {worker.name}`"
            )
        told = True
        stop.wait(1)


def _is_behind(worker: Worker, store: Store[Any]) -> bool:
    try:
        with store.engine.connect() as connection:
            return pending_migrations(connection, worker.database)
    except SQLAlchemyError as error:
        log.warning("database_away", service=worker.name, error=type(error).__name__)
        return True
