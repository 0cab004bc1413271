"""`beraad bus parked|show|replay|drop`: events that could not be applied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import structlog

from beraad.cli.services import opened, service_argument
from beraad.cli.tables import show_table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from beraad.messaging.consumer import Consumer
    from beraad.messaging.envelope import Envelope
    from beraad.service import Worker

log = structlog.get_logger()


@click.command()
@service_argument
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document per line.")
def parked(name: str, as_json: bool) -> None:
    """List what SERVICE has parked, oldest first: place, type, aggregate, reason."""
    from sqlalchemy import select

    from beraad.perform import reading
    from beraad.storage.tables import parked as table

    columns = [
        table.c[name] for name in ("stream", "epoch", "position", "type", "subject", "reason", "parked_at")
    ]
    with opened(name) as (_, _, store), reading(store) as work:
        rows = work.session.execute(
            select(*columns).order_by(table.c.stream, table.c.epoch, table.c.position)
        ).all()
    if as_json:
        for row in rows:
            click.echo(json.dumps(dict(row._mapping), default=str, ensure_ascii=False))  # noqa: SLF001 - SQLAlchemy's documented way
        return
    show_table(
        "Parked",
        ("stream", "place", "type", "aggregate", "reason"),
        [(row.stream, f"{row.epoch}:{row.position}", row.type, row.subject, row.reason) for row in rows],
    )
    click.echo(f"{name}: {len(rows)} parked")


@click.command()
@service_argument
@click.argument("stream")
@click.argument("subject")
def show(name: str, stream: str, subject: str) -> None:
    """Print the parked events of SUBJECT (such as `groups/0190…`) from STREAM as JSON lines; exit 1 if there are none."""
    from beraad.perform import reading

    with opened(name) as (worker, _, store), reading(store) as work:
        for envelope in _parked(work.session, worker, stream, subject):
            click.echo(json.dumps(envelope.to_json(), ensure_ascii=False))


@click.command()
@service_argument
@click.argument("stream", required=False)
@click.argument("subject", required=False)
@click.option(
    "--all", "everything", is_flag=True, help="Every aggregate that has parked events, each for itself."
)
def replay(name: str, stream: str | None, subject: str | None, everything: bool) -> None:
    """Apply the parked events of SUBJECT from STREAM in order and lift its quarantine; all of them or none."""
    from beraad.messaging.bell import SILENT
    from beraad.messaging.consumer import Consumer
    from beraad.messaging.feed import FeedClient, FeedSource
    from beraad.messaging.parking import parked_aggregates
    from beraad.perform import reading

    if everything == (stream is not None) or (stream is None) != (subject is None):
        raise click.UsageError("name STREAM and SUBJECT, or --all")
    with opened(name) as (worker, settings, store):
        if stream is not None and subject is not None:
            with reading(store) as work:
                _parked(work.session, worker, stream, subject)
        feeds = FeedClient(name, settings.service_keys[name], settings.feed_urls)
        consumer = Consumer(store, worker.subscriptions, FeedSource(feeds, [], SILENT), feeds)
        with reading(store) as work:
            chosen = parked_aggregates(work.session) if everything else [(str(stream), str(subject))]
        failed = [
            f"{one} {about}: {told}"
            for one, about in chosen
            if (told := _replayed(consumer, name, one, about))
        ]
    if everything and not chosen:
        click.echo(f"{name}: nothing is parked", err=True)
    if failed:
        raise click.ClickException("nothing was changed of " + "; of ".join(failed))


def _replayed(consumer: Consumer, name: str, stream: str, subject: str) -> str | None:
    """Why not, where it did not work."""
    from beraad.messaging.faults import raise_if_transient

    try:
        applied = consumer.replay(stream, subject)
    except Exception as error:
        raise_if_transient(error)
        return f"{type(error).__name__}: {error}"
    click.echo(f"{name}: {stream} {subject}: {applied} applied")
    return None


@click.command()
@service_argument
@click.argument("stream")
@click.argument("subject")
@click.option("--reason", required=True, help="Why they may be lost; it is printed with each.")
def drop(name: str, stream: str, subject: str, reason: str) -> None:
    """Give the parked events of SUBJECT from STREAM up: each is printed (keep that), removed, and never applied.

    What follows about the same aggregate flows again, and builds on a state in which they never happened. A rebuild reads
    them again, and parks what still cannot be applied. Exit 1 if nothing of it is parked.
    """
    from beraad.messaging.parking import drop_parked
    from beraad.perform import WORKER, transaction

    with opened(name) as (worker, _, store):
        with transaction(store, WORKER) as work:
            _parked(work.session, worker, stream, subject)
            dropped = drop_parked(work.session, stream, subject)
            for envelope in dropped:  # before the commit: what cannot be printed is not lost
                click.echo(json.dumps({"reason": reason, "event": envelope.to_json()}, ensure_ascii=False))
        log.warning(
            "dropped", service=name, stream=stream, subject=subject, events=len(dropped), reason=reason
        )


def _parked(session: Session, worker: Worker, stream: str, subject: str) -> list[Envelope]:
    """Those of one aggregate; nobody takes a word mistyped for nothing parked."""
    from beraad.messaging.parking import parked_of

    read = [subscription.publisher for subscription in worker.subscriptions]
    if stream not in read:
        raise click.BadParameter(f"{worker.name} reads {', '.join(read)}", param_hint="STREAM")
    found = parked_of(session, stream, subject)
    if not found:
        raise click.ClickException(f"{stream} {subject}: nothing is parked")
    return found
