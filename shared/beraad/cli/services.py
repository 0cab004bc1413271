"""What the commands that work on one service share: its name, its settings, errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

    from beraad.perform import Store
    from beraad.service import Worker
    from beraad.settings import Settings

UNDEFINED = {"42P01", "42703"}  # PostgreSQL: undefined_table, undefined_column
service_argument = click.argument("name", metavar="SERVICE")


class Trouble(click.ClickException):
    """What was asked could not be done or found out. Exit code 2: 1 is the answer "no" of a command that looks."""

    exit_code = 2


@contextmanager
def plain_errors(name: str = "SERVICE") -> Iterator[None]:
    """Wrong settings, unknown services and a database that is absent or not migrated: one line, no stack trace."""
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    from beraad.service import UnknownService
    from beraad.settings import SettingsError

    try:
        yield
    except (SettingsError, UnknownService) as error:
        raise Trouble(str(error)) from error
    except DBAPIError as error:
        if _lacks_a_table(error):
            raise Trouble(f"the database is not up to date: run `beraad migrate {name}`") from error
        told = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
        raise Trouble(f"the database cannot be used: {told}") from error
    except PoolTimeout as error:
        raise Trouble(f"the database cannot be used: {error}") from error


def _refuse_to_make(name: str, store: Store[Any]) -> None:
    """SQLite would make a file that is not there: an empty service, for a word mistyped."""
    url = store.engine.url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise Trouble(f"there is no database {url.database}: to make one, run `beraad migrate {name}`")


def _lacks_a_table(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in UNDEFINED:
        return True
    return str(error.orig).startswith(("no such table", "no such column"))


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

    with plain_errors(name):
        worker = find_worker(name)
        settings = read_settings(name)
        store = open_store(name, worker.database, settings, pool_size=1)
        _refuse_to_make(name, store)
        try:
            with warnings_on_stderr():
                yield worker, settings, store
        finally:
            store.engine.dispose()
