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

    Set BERAAD_LOG_KEEP_DAYS to 0 or higher before, or they leave again. Events that are there are passed over.
    """
    from beraad.messaging.archive import unarchive as put_back
    from beraad.perform import WORKER, transaction

    with opened(name) as (_, _, store), transaction(store, WORKER) as work:
        try:
            returned = put_back(work.session, name, files)
        except ValueError as error:
            raise click.ClickException(f"nothing was put back: {error}") from error
    click.echo(f"{name}: {returned} events are back in the log")
