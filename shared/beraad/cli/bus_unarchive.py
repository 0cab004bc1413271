"""`beraad bus unarchive`: put archived events back into a service's log."""

from __future__ import annotations

from pathlib import Path

import click

from beraad.cli.services import opened, service_argument


@click.command()
@service_argument
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def unarchive(name: str, files: tuple[Path, ...]) -> None:
    """Put the events of these FILES of the archive back into the log of SERVICE, so that all of it can be read again.

    Set BERAAD_LOG_KEEP_DAYS=0 (for ever) for the service's workers before, and restart them: else they leave again within
    ten minutes. Events that are there are passed over; who was erased since stays erased.
    """
    from beraad.messaging.archive import unarchive as put_back
    from beraad.perform import WORKER, transaction

    with opened(name) as (_, settings, store), transaction(store, WORKER) as work:
        if settings.log_keep_days:
            raise click.ClickException(
                f"BERAAD_LOG_KEEP_DAYS is {settings.log_keep_days}: the events would leave again; "
                "set it to 0 and restart the workers"
            )
        try:
            returned = put_back(work.session, name, files)
        except ValueError as error:
            raise click.ClickException(f"nothing was put back: {error}") from error
    click.echo(f"{name}: {returned} events are back in the log")
