"""What the commands that work on one service share: its name, its settings, errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from beraad.perform import Store
    from beraad.service import Worker
    from beraad.settings import Settings

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


@contextmanager
def warnings_on_stderr() -> Iterator[None]:
    """What a command prints is its answer: of the logs a person sees warnings, beside it."""
    import logging
    import sys

    import structlog

    before = structlog.get_config()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


@contextmanager
def opened(name: str) -> Iterator[tuple[Worker, Settings, Store[Any]]]:
    """The worker side of a service with its settings and its database, for as long as the block lasts."""
    from beraad.service import find_worker, open_store
    from beraad.settings import read_settings

    with plain_errors():
        settings = read_settings(name)
        worker = find_worker(name)
    store = open_store(name, worker.database, settings, pool_size=1)
    try:
        with plain_errors(), warnings_on_stderr():
            yield worker, settings, store
    finally:
        store.engine.dispose()
