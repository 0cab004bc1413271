"""`beraad worker`: what a service does without being asked."""

from __future__ import annotations

import os
import signal
import threading

import click

from beraad.cli.services import plain_errors, service_argument


@click.command()
@service_argument
@click.option(
    "--only",
    type=click.Choice(["relay", "consumer", "due", "jobs"]),
    help="Run one role apart from the others.",
)
@click.option(
    "--metrics-port",
    envvar="BERAAD_METRICS_PORT",
    type=click.IntRange(1, 65535),
    help="Serve /metrics there.",
)
@click.option(
    "--check", is_flag=True, help="Only say whether the worker running here is well (exit 1 if not)."
)
def worker(name: str, only: str | None, metrics_port: int | None, check: bool) -> None:
    """Send SERVICE's events, apply the others', and do what falls due, until SIGTERM."""
    if check:
        _check(name, only)
        return
    from beraad.observability import set_up_logs
    from beraad.service import find_worker
    from beraad.settings import read_settings
    from beraad.worker import AnotherWorkerRuns, run_worker

    with plain_errors(name):
        found = find_worker(name)
        settings = read_settings(name)
    set_up_logs(settings.log_format, name)
    if metrics_port:
        _serve_metrics(metrics_port)
    try:
        ended = run_worker(found, settings, only=only, stop=_stop_on_signal())
    except AnotherWorkerRuns as error:
        raise click.ClickException(str(error)) from error
    if not ended:
        os._exit(0)  # a thread in the middle of a computation would be torn apart by an orderly exit


def _check(name: str, only: str | None) -> None:
    from beraad.run_folder import why_unwell

    reason = why_unwell(name, only or "worker")
    if reason:
        raise click.ClickException(f"the worker of {name} is not well: {reason}")


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def _serve_metrics(port: int) -> None:
    from prometheus_client import start_http_server

    start_http_server(port)
