"""`beraad drain`: leave the gateway before stopping, so that no request is lost in a rolling replacement."""

from __future__ import annotations

import click

from beraad.cli.services import service_argument


@click.command()
@service_argument
@click.option("--undo", is_flag=True, help="Take requests again.")
def drain(name: str, undo: bool) -> None:
    """Let `/readyz` of SERVICE on this machine (or in this container) answer 503, until --undo."""
    from beraad.run_folder import drain_file

    flag = drain_file(name)
    if undo:
        flag.unlink(missing_ok=True)
    else:
        flag.touch()
    click.echo(f"{name}: {'takes requests' if undo else 'is draining'} ({flag})")
