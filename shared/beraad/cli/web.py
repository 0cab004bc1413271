"""`beraad web`: one service's API."""

from __future__ import annotations

import os
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import click

from beraad.cli.services import plain_errors, service_argument

if TYPE_CHECKING:
    from flask import Flask

    from beraad.settings import Settings


@click.command()
@service_argument
@click.option(
    "--bind",
    envvar="BERAAD_BIND",
    default="127.0.0.1:8000",
    show_default=True,
    help="HOST:PORT to listen on.",
)
@click.option("--threads", envvar="BERAAD_THREADS", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--workers",
    envvar="BERAAD_WORKERS",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes.",
)
def web(name: str, bind: str, threads: int, workers: int) -> None:
    """Serve SERVICE's API until SIGTERM. The database must have been migrated."""
    if workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(
            prefix="beraad-metrics-"
        )  # before the metrics are imported
    from beraad.observability import set_up_logs
    from beraad.service import find_service
    from beraad.settings import read_settings
    from beraad.web import Serving, serve

    with plain_errors(name):
        find_service(name)
        settings = read_settings(name)
    set_up_logs(settings.log_format, name)
    serve(lambda: _application(name, settings, threads), Serving(bind, threads=threads, processes=workers))


def _application(name: str, settings: Settings, threads: int) -> Flask:
    from beraad.http.application import create_application
    from beraad.service import find_service, open_store

    service = find_service(name)
    return create_application(
        service, open_store(name, service.database, settings, pool_size=threads), settings
    )
