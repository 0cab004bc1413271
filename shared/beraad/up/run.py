"""What runs on one machine: the web process with all services, a worker for each, the mail sink."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from signal import SIGTERM, signal

from beraad.messaging.bell import Bell, PipeBell
from beraad.messaging.envelope import PRIVATE_SUFFIX
from beraad.observability import log_format, set_up_logs
from beraad.prepare import prepare
from beraad.service import Service, Worker, find_service, find_worker, service_names
from beraad.settings import PUBLISHERS, read_settings
from beraad.up.announcement import Announcement
from beraad.up.child import Child
from beraad.up.environment import Place
from beraad.up.status import WORKER, write_status
from beraad.up.supervisor import Supervisor
from beraad.worker import WorkerBells, run_worker


def run(place: Place, listener: socket.socket, mail_listener: socket.socket | None, threads: int) -> int:
    """Import everything once, prepare the databases, fork, keep running. Returns the exit code."""
    started = time.monotonic()
    set_up_logs(log_format())
    names = service_names()
    services = [find_service(name) for name in names]
    workers = [find_worker(name) for name in names]
    lines = [line for service in services for line in prepare(service, read_settings(service.name))]
    committed = {name: PipeBell() for name in names}
    published = {name: PipeBell() for name in names}
    children = [
        Child("web", _web(place, listener, services, committed, threads), essential=True, serves_others=True),
        *(
            Child(worker.name + WORKER, _worker(worker, _bells(worker, workers, committed, published)))
            for worker in workers
        ),
    ]
    if mail_listener is not None:
        children.append(Child("mail", _mail(place, mail_listener), serves_others=True))
    gc.collect()
    gc.freeze()  # what is imported is never freed: without this the collector's marks would copy every page
    supervisor = Supervisor(children, partial(write_status, place.run / "processes.json"))
    return supervisor.run(Announcement(place, lines, started))


def _bells(
    worker: Worker, workers: Sequence[Worker], committed: dict[str, PipeBell], published: dict[str, PipeBell]
) -> WorkerBells:
    mark = PUBLISHERS.index(worker.name)
    listeners = tuple(published[w.name].marked(mark) for w in workers if worker.name in _publishers(w))
    return WorkerBells(committed[worker.name], published[worker.name], listeners)


def _publishers(worker: Worker) -> set[str]:
    return {subscription.publisher.removesuffix(PRIVATE_SUFFIX) for subscription in worker.subscriptions}


def _web(
    place: Place,
    listener: socket.socket,
    services: Sequence[Service],
    committed: dict[str, PipeBell],
    threads: int,
) -> Callable[[], None]:
    def serve() -> None:
        from beraad.up.web import serve_all

        bells = {name: Bell(pipe) for name, pipe in committed.items()}
        serve_all(place, listener, services, bells, threads)

    return serve


def _worker(worker: Worker, bells: WorkerBells) -> Callable[[], None]:
    def work() -> None:
        stop = threading.Event()
        signal(SIGTERM, lambda _number, _frame: stop.set())
        run_worker(worker, read_settings(worker.name), stop=stop, bells=bells)

    return work


def _mail(place: Place, listener: socket.socket) -> Callable[[], None]:
    def receive() -> None:
        from beraad.up.mail_sink import run_mail_sink

        run_mail_sink(listener, place.mail)

    return receive
