"""`beraad init`: secrets for an installation."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--env",
    "env_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add them to this file of NAME=value lines.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one file per secret, for NAME_FILE variables.",
)
def init(env_file: Path | None, folder: Path | None) -> None:
    """Write fresh random secrets, readable by you alone. Existing ones are never changed."""
    from beraad.secrets_file import ensure_secret_files, ensure_secrets

    if folder is not None:
        made = ensure_secret_files(folder)
        click.echo(f"{folder}: {len(made)} secrets written")
    if env_file is not None or folder is None:
        path = env_file or Path(".env")
        ensure_secrets(path)
        click.echo(f"{path}: the secrets are there")
