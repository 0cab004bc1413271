"""`beraad bus restored`: say that a service's database came from a backup."""

from __future__ import annotations

import click

from beraad.cli.services import opened, service_argument


@click.command()
@service_argument
@click.option(
    "--shared",
    type=click.IntRange(min=0),
    metavar="POSITION",
    help="The last position that came from the backup, if SERVICE has published since.",
)
def restored(name: str, shared: int | None) -> None:
    """Begin a new epoch of SERVICE's log: all who listen make anew what they keep of it.

    Run it once, after the database was restored and before the service is started again. Without it the others take
    what is published under a position used before for what they know already.
    """
    from beraad.clock import real_now
    from beraad.messaging.envelope import PRIVATE_SUFFIX
    from beraad.messaging.outbox import raise_epoch
    from beraad.perform import WORKER, transaction

    with opened(name) as (_, _, store), transaction(store, WORKER) as work:
        try:
            state = raise_epoch(work.session, name, real_now(), shared)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--shared") from error
        raise_epoch(work.session, name + PRIVATE_SUFFIX, real_now())
    told = state.position if shared is None else shared
    click.echo(f"{name}: epoch {state.epoch} begins; up to {told} it is what the others have read")
