"""`beraad revision`: for developers, after changing a table."""

from __future__ import annotations

import subprocess
import sys

import click

from beraad.cli.services import plain_errors


@click.command()
@click.argument("name", metavar="SERVICE|kernel")
@click.option("-m", "--message", required=True, help="What the revision does, in a few words.")
def revision(name: str, message: str) -> None:
    """Write the next migration by comparing the tables in the code with those the migrations make.

    Needs no database of yours. Read what it wrote before you commit it.
    """
    from beraad.service import find_service
    from beraad.storage.autogenerate import write_kernel_revision, write_revision

    with plain_errors():
        path = (
            write_kernel_revision(message)
            if name == "kernel"
            else write_revision(find_service(name).database, message)
        )
    for tidy in (["check", "--fix-only", "--select", "I,F401"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, "-q", str(path)], check=False)
    click.echo(path)
