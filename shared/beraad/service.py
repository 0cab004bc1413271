"""What a service is to the kernel: a web side and a worker side, found by entry point.

`beraad.services` names each distribution's `Service`, `beraad.workers` its `Worker`; the kernel imports
no service by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import entry_points
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import MetaData

from beraad.domain import DomainError, Policies
from beraad.messaging.bell import SILENT, Bell
from beraad.messaging.subscriptions import Subscriptions
from beraad.perform import Store, Work
from beraad.settings import Settings
from beraad.storage.engine import open_engine

SERVICES = "beraad.services"
WORKERS = "beraad.workers"


class UnknownService(Exception):
    """No installed distribution offers a service of that name."""


@dataclass(frozen=True)
class Database:
    """How a service keeps its data."""

    metadata: MetaData
    versions: str
    """The folder of its Alembic revisions."""
    make_work: type[Work]
    conflicts: Mapping[str, type[DomainError]] = field(default_factory=dict)
    """Unique or check constraint → the rule it enforces, for what only the database can see."""


@dataclass(frozen=True)
class Service:
    """The web side."""

    name: str
    summary: str
    database: Database
    blueprints: tuple[Blueprint, ...]
    policies: Policies
    prepare: Callable[[Store[Any], Settings], list[str]] | None = None
    """Runs after each migration, before serving, and is safe to repeat (for instance the first signing key).

    Returns the lines an operator should read, such as the first administrator's sign-in link.
    """


@dataclass(frozen=True)
class DueWork:
    """Something that falls due: `once` does one piece and says whether there may be more."""

    name: str
    once: Callable[[Store[Any], Settings], bool]


@dataclass(frozen=True)
class Job:
    """Work that takes seconds to minutes: `once` does one and says whether there may be more.

    It calls what it is given again and again meanwhile, so that the worker is not taken for stuck; where that answers False the
    worker stops, and the job gives back what it took.
    """

    name: str
    once: Callable[[Store[Any], Settings, Callable[[], bool]], bool]


@dataclass(frozen=True)
class Worker:
    """The worker side: what it listens to, what falls due, and what takes long: the others do not wait for that."""

    name: str
    database: Database
    subscriptions: tuple[Subscriptions, ...]
    due_work: tuple[DueWork, ...] = ()
    jobs: tuple[Job, ...] = ()


def open_store(
    name: str, database: Database, settings: Settings, bell: Bell = SILENT, pool_size: int = 5
) -> Store[Any]:
    """The service's database, ready for transactions."""
    return Store(
        name,
        open_engine(settings.database_url, pool_size=pool_size),
        partial(database.make_work, settings=settings),
        bell,
    )


def service_names() -> list[str]:
    """The installed services, in the order a person would expect."""
    installed = {entry.name for entry in entry_points(group=SERVICES)}
    known = [
        name for name in ("membership", "meetings", "deliberation", "notifications") if name in installed
    ]
    return known + sorted(installed.difference(known))


def find_service(name: str) -> Service:
    """The web side of that service. Raises `UnknownService`."""
    service: Service = _load(SERVICES, name)
    return service


def find_worker(name: str) -> Worker:
    """The worker side of that service. Raises `UnknownService`."""
    worker: Worker = _load(WORKERS, name)
    return worker


def _load(group: str, name: str) -> Any:
    for entry in entry_points(group=group, name=name):
        return entry.load()
    raise UnknownService(
        f"no service named {name!r} is installed; there are: {', '.join(service_names()) or 'none'}"
    )
