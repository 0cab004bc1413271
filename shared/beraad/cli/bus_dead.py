"""`beraad bus dead`: messages a service could not even read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from beraad.cli.services import Trouble, plain_errors, service_argument

if TYPE_CHECKING:
    from beraad.messaging.dead_letters import DeadLetter


@click.command()
@service_argument
@click.option("--take", is_flag=True, help="Remove each once it is printed.")
def dead(name: str, take: bool) -> None:
    """Print the messages SERVICE could not even read as JSON lines: why, from where, headers and body.

    No public event is lost with them: what is missing in a stream is read from its publisher's feed. Of what came by
    `beraad.private` this is the only copy, and it may hold addresses and sign-in links: mind where it is printed.
    To look is a delivery to the broker, and RabbitMQ 4 gives a message up after twenty of them.
    """
    from beraad.messaging.dead_letters import dead_letters
    from beraad.messaging.topology import BrokerUnavailable
    from beraad.service import find_worker
    from beraad.settings import read_settings

    with plain_errors(name):
        find_worker(name)
        settings = read_settings(name)
    if settings.transport == "feed":
        raise Trouble(f"{name}: no broker is set, the publishers' feeds are the transport")
    seen = 0
    try:
        with dead_letters(settings.broker_url, name, take=take) as letters:
            for letter in letters:
                _print(letter)
                seen += 1
    except BrokerUnavailable as error:
        raise Trouble(f"the broker cannot be asked: {error}") from error
    click.echo(f"{name}: {seen} {'taken' if take else 'there'}", err=True)


def _print(letter: DeadLetter) -> None:
    try:
        click.echo(json.dumps(letter.to_json(), ensure_ascii=False, default=str))
    except OSError as error:  # of the reader, not of the broker
        raise Trouble(f"this one could not be printed, and stays: {error}") from error
