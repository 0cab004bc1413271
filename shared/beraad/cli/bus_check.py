"""`beraad bus check`: a look at the broker that changes nothing."""

from __future__ import annotations

import json

import click

from beraad.cli.services import Trouble, plain_errors, service_argument


@click.command()
@service_argument
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")
def check(name: str, as_json: bool) -> None:
    """Say which exchanges and queues of SERVICE are missing on the broker, or stand otherwise than declared (exit 1).

    As a user that may not declare, only what is missing can be seen. Bindings cannot be seen over AMQP: a queue that is
    not bound shows as a gap, which is filled from the feed.
    """
    from beraad.messaging.topology import BrokerUnavailable, differing, missing
    from beraad.service import find_worker
    from beraad.settings import read_settings

    with plain_errors(name):
        streams = [subscriptions.publisher for subscriptions in find_worker(name).subscriptions]
        settings = read_settings(name)
    if settings.transport == "feed":
        told = f"{name}: no broker is set, the publishers' feeds are the transport"
        click.echo(json.dumps({"service": name, "transport": "feed"}) if as_json else told)
        return
    try:
        absent = missing(settings.broker_url, name, streams)
        other = differing(settings.broker_url, name, streams)
    except BrokerUnavailable as error:
        raise Trouble(f"the broker does not answer: {error}") from error
    if as_json:
        found = {"service": name, "transport": "rabbitmq", "missing": absent, "differing": other}
        click.echo(json.dumps(found))
    else:
        lines = [f"missing: {one}" for one in absent] + [f"otherwise: {why}" for why in other.values()]
        click.echo("\n".join(f"{name}: {line}" for line in lines or ["everything is there, as declared"]))
    if absent or other:
        raise click.exceptions.Exit(1)
