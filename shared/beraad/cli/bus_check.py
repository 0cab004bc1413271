"""`beraad bus check`: a look at the broker that changes nothing."""

from __future__ import annotations

import click

from beraad.cli.services import plain_errors, service_argument


@click.command()
@service_argument
def check(name: str) -> None:
    """Say which exchanges and queues of SERVICE are missing on the broker (exit 1 if any)."""
    from beraad.messaging.topology import BrokerUnavailable, missing
    from beraad.service import find_worker
    from beraad.settings import read_settings

    with plain_errors():
        settings = read_settings(name)
        streams = [subscriptions.publisher for subscriptions in find_worker(name).subscriptions]
    if settings.transport == "feed":
        click.echo(f"{name}: no broker is set, the publishers' feeds are the transport")
        return
    try:
        absent = missing(settings.broker_url, name, streams)
    except BrokerUnavailable as error:
        raise click.ClickException(f"the broker does not answer: {error}") from error
    if absent:
        raise click.ClickException(f"missing for {name}: {', '.join(absent)}")
    click.echo(f"{name}: everything is there")
