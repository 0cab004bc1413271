"""`beraad bus declare`: what stands on the broker, set up by the one user who may."""

from __future__ import annotations

import click

from beraad.cli.services import plain_errors


@click.command()
@click.argument("names", metavar="[SERVICE]...", nargs=-1)
def declare(names: tuple[str, ...]) -> None:
    """Declare the exchanges, and each SERVICE's queues and bindings (without a name: of all installed services).

    Connects to BERAAD_BROKER_URL, as a user who may declare; the services themselves need not be allowed to.
    Safe to repeat.
    """
    from beraad.messaging.topology import BrokerUnavailable, TopologyMismatch
    from beraad.messaging.topology import declare as declare_for
    from beraad.service import find_worker, service_names
    from beraad.settings import read_broker_url

    with plain_errors():
        url = read_broker_url()
        workers = [find_worker(name) for name in names or service_names()]
    for worker in workers:
        streams = [subscriptions.publisher for subscriptions in worker.subscriptions]
        try:
            declare_for(url, worker.name, streams)
        except (BrokerUnavailable, TopologyMismatch) as error:
            raise click.ClickException(f"{worker.name}: {error}") from error
        click.echo(f"{worker.name}: reads {', '.join(streams) or 'nothing'}")
