"""`beraad bus parked|show|replay`: events that could not be applied."""

from __future__ import annotations

import json

import click

from beraad.cli.services import opened, service_argument


@click.command()
@service_argument
def parked(name: str) -> None:
    """List what SERVICE has parked, oldest first: place, type, aggregate, reason."""
    from sqlalchemy import select

    from beraad.perform import reading
    from beraad.storage.tables import parked as table

    with opened(name) as (_, _, store), reading(store) as work:
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

    with opened(name) as (_, _, store), reading(store) as work:
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

    with opened(name) as (worker, settings, store):
        feeds = FeedClient(name, settings.service_keys[name], settings.feed_urls)
        consumer = Consumer(store, worker.subscriptions, FeedSource(feeds, [], SILENT), feeds)
        try:
            applied = consumer.replay(stream, subject)
        except Exception as error:
            raise click.ClickException(f"nothing was changed: {type(error).__name__}: {error}") from error
    click.echo(f"{name}: {applied} applied")
