"""`beraad bus parked|show|replay`: events that could not be applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from beraad.cli.services import plain_errors, service_argument

if TYPE_CHECKING:
    from beraad.perform import Store
    from beraad.service import Worker
    from beraad.settings import Settings


@click.command()
@service_argument
def parked(name: str) -> None:
    """List what SERVICE has parked, oldest first: place, type, aggregate, reason."""
    from sqlalchemy import select

    from beraad.perform import reading
    from beraad.storage.tables import parked as table

    with _opened(name) as (_, _, store), reading(store) as work:
        rows = work.session.execute(
            select(table).order_by(table.c.stream, table.c.epoch, table.c.position)
        ).all()
    for row in rows:
        click.echo(f"{row.stream} {row.epoch}:{row.position}  {row.type}  {row.subject}  {row.reason}")
    click.echo(f"{name}: {len(rows)} parked")


@click.command()
@service_argument
@click.argument("stream")
@click.argument("subject")
def show(name: str, stream: str, subject: str) -> None:
    """Print the parked events of SUBJECT (such as `groups/0190…`) from STREAM as JSON lines."""
    from beraad.messaging.parking import parked_of
    from beraad.perform import reading

    with _opened(name) as (_, _, store), reading(store) as work:
        for envelope in parked_of(work.session, stream, subject):
            click.echo(json.dumps(envelope.to_json(), ensure_ascii=False))


@click.command()
@service_argument
@click.argument("stream")
@click.argument("subject")
def replay(name: str, stream: str, subject: str) -> None:
    """Apply the parked events of SUBJECT from STREAM in order and lift its quarantine; all of them or none."""
    from beraad.messaging.bell import SILENT
    from beraad.messaging.consumer import Consumer
    from beraad.messaging.feed import FeedClient, FeedSource

    with _opened(name) as (worker, settings, store):
        feeds = FeedClient(name, settings.service_keys[name], settings.feed_urls)
        consumer = Consumer(store, worker.subscriptions, FeedSource(feeds, [], SILENT), feeds)
        try:
            applied = consumer.replay(stream, subject)
        except Exception as error:
            raise click.ClickException(f"nothing was changed: {type(error).__name__}: {error}") from error
    click.echo(f"{name}: {applied} applied")


@contextmanager
def _opened(name: str) -> Iterator[tuple[Worker, Settings, Store[Any]]]:
    from beraad.service import find_worker, open_store
    from beraad.settings import read_settings

    with plain_errors():
        settings = read_settings(name)
        worker = find_worker(name)
    store = open_store(name, worker.database, settings, pool_size=1)
    try:
        yield worker, settings, store
    finally:
        store.engine.dispose()
