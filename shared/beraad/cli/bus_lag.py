"""`beraad bus lag`: how far the events of a service have come."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from beraad.cli.services import opened, service_argument

if TYPE_CHECKING:
    from beraad.messaging.lag import Lag


@click.command()
@service_argument
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")
def lag(name: str, as_json: bool) -> None:
    """Show what SERVICE has published and applied, what waits and what is parked. Changes nothing; exit 1 if behind."""
    from beraad.messaging.lag import lag_of
    from beraad.messaging.topology import BrokerUnavailable, depths
    from beraad.perform import reading

    with opened(name) as (worker, settings, store):
        streams = [subscriptions.publisher for subscriptions in worker.subscriptions]
        try:
            queues = {} if settings.transport == "feed" else depths(settings.broker_url, name, streams)
        except BrokerUnavailable as error:
            raise click.ClickException(f"the broker does not answer: {error}") from error
        with reading(store) as work:
            found = lag_of(work.session, name, streams, queues)
    click.echo(json.dumps(found.to_json(), default=_rfc3339, indent=2) if as_json else _table(found))
    if any(stream.behind for stream in found.read):
        raise click.exceptions.Exit(1)


def _table(lag: Lag) -> str:
    lines = [f"{lag.service}: {lag.waiting} events wait for their position"]
    for out in lag.published:
        confirmed = f", the broker has {out.confirmed}" if lag.queues else ""
        since = f" since {_rfc3339(out.oldest_at)}" if out.oldest_at else ""
        lines.append(
            f"  out  {out.stream}  {out.epoch}:{out.position}{confirmed}; {out.events} in the log{since}"
        )
    for read in lag.read:
        state = read.behind or "current"
        lines.append(
            f"  in   {read.stream}  {read.epoch}:{read.position} of {read.known_position}, {read.parked} parked; {state}"
        )
    for queue, depth in lag.queues.items():
        lines.append(f"  queue {queue}  {'missing' if depth is None else f'{depth} messages'}")
    return "\n".join(lines)


def _rfc3339(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
