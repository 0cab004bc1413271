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
    ten minutes. Events that are there are passed over, and so are those beyond the end of a log that was restored since; who
    was erased stays erased. Each file is put back for itself.
    """
    from beraad.messaging.archive import unarchive as put_back
    from beraad.perform import WORKER, transaction

    with opened(name) as (_, settings, store):
        if settings.log_keep_days:
            raise click.ClickException(
                f"BERAAD_LOG_KEEP_DAYS is {settings.log_keep_days}: the events would leave again; "
                "set it to 0 and restart the workers"
            )
        for file in files:
            try:
                with transaction(store, WORKER) as work:
                    returned = put_back(work.session, name, file)
            except ValueError as error:
                raise click.ClickException(f"nothing of it was put back: {error}") from error
            beyond = f"; {returned.beyond} lie beyond its end" if returned.beyond else ""
            click.echo(f"{name}: {file.name}: {returned.missing} events are back in the log{beyond}")
