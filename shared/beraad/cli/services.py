"""What the commands that work on one service share: its name, its settings, errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

service_argument = click.argument("name", metavar="SERVICE")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Wrong settings, unknown services and absent databases are told in one line, without a stack trace."""
    from sqlalchemy.exc import OperationalError

    from beraad.service import UnknownService
    from beraad.settings import SettingsError

    try:
        yield
    except (SettingsError, UnknownService) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        told = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"the database does not answer: {told}") from error
