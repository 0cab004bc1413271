"""Two tiny services to test the kernel's processes with: one ends groups, the other takes note of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask
from sqlalchemy import Column, MetaData, Table, Uuid, func, select

from beraad.domain import Event
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.perform import Store, Work, reading, transaction
from beraad.service import Database, DueWork, Service, Worker, open_store
from beraad.settings import Settings, read_settings
from beraad.storage.autogenerate import write_revision
from beraad.storage.migrate import migrate
from beraad.storage.tables import kernel


@dataclass(frozen=True, kw_only=True)
class GroupEnded(Event):
    topic: ClassVar[str] = "membership.group.ended.v1"
    group_id: UUID
    ended_on: date


notes = Table(
    "notes", MetaData(naming_convention=kernel.naming_convention), Column("group_id", Uuid, primary_key=True)
)


def a_database(folder: Path) -> Database:
    versions = folder / "versions"
    database = Database(notes.metadata, str(versions), Work)
    if not versions.exists():
        write_revision(database, "notes")
    return database


def some_settings(service: str, database_url: str, monkeypatch: Any, **variables: str) -> Settings:
    monkeypatch.setenv("BERAAD_ENVIRONMENT", "development")
    monkeypatch.setenv(f"BERAAD_{service.upper()}_DATABASE_URL", database_url)
    for name, value in variables.items():
        monkeypatch.setenv(f"BERAAD_{name}", value)
    return read_settings(service)


@contextmanager
def migrated(name: str, database: Database, settings: Settings) -> Iterator[Store[Work]]:
    store = open_store(name, database, settings)
    migrate(store.engine, database)
    try:
        yield store
    finally:
        store.engine.dispose()


def end_a_group(store: Store[Work]) -> UUID:
    group_id = uuid4()
    with transaction(store) as work:
        work.publish(GroupEnded(group_id=group_id, revision=1, ended_on=date(2017, 6, 1)))
    return group_id


def noted(store: Store[Work]) -> int:
    with reading(store) as work:
        return work.session.execute(select(func.count()).select_from(notes)).scalar_one()


def the_publisher(database: Database, *due_work: DueWork) -> Worker:
    return Worker("membership", database, (), due_work)


def the_listener(database: Database, *due_work: DueWork) -> Worker:
    subscriptions = Subscriptions("membership")

    @subscriptions.on("membership.group.ended.v1")
    def note(event: Received, work: Work) -> None:
        work.session.execute(notes.insert().values(group_id=event["group_id"]))

    return Worker("meetings", database, (subscriptions,), due_work)


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the library
        pass


@contextmanager
def served(database: Database, store: Store[Work], settings: Settings) -> Iterator[str]:
    """The publisher's API, for its feed; answers its root address."""
    from beraad.http.application import create_application

    with serving(create_application(Service("membership", "", database, (), {}), store, settings)) as root:
        yield root


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """That application, for others to call; answers its root address."""
    with make_server("127.0.0.1", 0, app, WSGIServer, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
