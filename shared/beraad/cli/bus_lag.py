"""`beraad bus lag`: how far the events of a service have come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from beraad.cli.services import opened, service_argument
from beraad.cli.tables import show_table

if TYPE_CHECKING:
    from beraad.messaging.lag import Lag


@click.command()
@service_argument
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")
def lag(name: str, as_json: bool) -> None:
    """Show what SERVICE has published and applied, what waits and what is parked. Changes nothing.

    Exit 1 if it is behind or its own events do not get out; else 2 if the broker cannot be asked.
    """
    from beraad.messaging.lag import lag_of
    from beraad.messaging.topology import BrokerUnavailable, depths
    from beraad.perform import reading

    with opened(name) as (worker, settings, store):
        streams = [subscriptions.publisher for subscriptions in worker.subscriptions]
        queues, trouble = None, None
        if settings.transport == "rabbitmq":
            try:
                queues = depths(settings.broker_url, name, streams)
            except BrokerUnavailable as error:
                queues, trouble = {}, str(error)
        with reading(store) as work:
            found = replace(lag_of(work.session, name, streams, queues), broker=trouble)
    if as_json:
        click.echo(json.dumps(found.to_json(), default=_rfc3339, indent=2))
    else:
        _show(found, broker=settings.transport == "rabbitmq")
    if not found.current:
        raise click.exceptions.Exit(1)
    if found.broker:
        raise click.exceptions.Exit(2)


def _show(lag: Lag, *, broker: bool) -> None:
    show_table(
        "Published",
        ("stream", "epoch", "position", *(("the broker has",) if broker else ()), "in the log", "since"),
        [
            (
                out.stream,
                out.epoch,
                out.position,
                *((out.confirmed,) if broker else ()),
                out.events,
                out.oldest_at and _rfc3339(out.oldest_at),
            )
            for out in lag.published
        ],
    )
    show_table(
        "Read",
        ("stream", "epoch", "applied", "known", "parked", "state"),
        [
            (one.stream, one.epoch, one.position, one.known_position, one.parked, one.behind or "current")
            for one in lag.read
        ],
    )
    show_table(
        "Queues",
        ("queue", "messages"),
        [(queue, "missing" if depth is None else depth) for queue, depth in lag.queues.items()],
    )
    click.echo(f"{lag.service}: {lag.waiting} events wait for their position")
    for trouble in (lag.stuck, lag.broker and f"the broker does not answer: {lag.broker}"):
        if trouble:
            click.echo(f"{lag.service}: {trouble}")


def _rfc3339(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
