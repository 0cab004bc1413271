"""`beraad rebuild`: make anew what a service keeps of the others, from their logs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from beraad.cli.services import Trouble, opened, service_argument

if TYPE_CHECKING:
    from rich.console import Console

    from beraad.messaging.rebuild import Rebuild, Rebuilt
    from beraad.messaging.subscriptions import Subscriptions
    from beraad.perform import Store
    from beraad.service import Worker
    from beraad.settings import Settings


@click.command()
@service_argument
@click.option("--from", "publisher", metavar="PUBLISHER", help="Only what is kept of this one.")
@click.option(
    "--check",
    is_flag=True,
    help="Change nothing; exit 1 if something differs from the logs, 2 if that cannot be told.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document per publisher.")
def rebuild(name: str, publisher: str | None, check: bool, as_json: bool) -> None:
    """Read the logs of those SERVICE listens to from their beginning, and put right what it keeps of them.

    Everything may go on running, and nothing is done again: nobody is mailed, nothing is created twice. What is kept
    changes in one moment, at the end. The feeds of the publishers must answer.
    """
    from rich.console import Console

    console, found = Console(stderr=True), []
    with opened(name) as (worker, settings, store):
        chosen = _chosen(worker, publisher)
        if not chosen:
            console.print(f"{name} keeps nothing of the other services")
        for subscription in chosen:
            one = _one(subscription, store, settings, console, check=check)
            found.append(one)
            click.echo(json.dumps(asdict(one)) if as_json else _told(one, check=check))
    if check and any(one.differing for one in found):
        raise click.exceptions.Exit(1)


def _chosen(worker: Worker, publisher: str | None) -> list[Subscriptions]:
    keeping = [one for one in worker.subscriptions if one.tables]
    chosen = [one for one in keeping if publisher in {None, one.publisher}]
    if publisher is not None and not chosen:
        kept = ", ".join(one.publisher for one in keeping) or "nobody"
        raise click.UsageError(f"{worker.name} keeps nothing of {publisher}, but of: {kept}")
    return chosen


def _one(
    subscription: Subscriptions, store: Store[Any], settings: Settings, console: Console, *, check: bool
) -> Rebuilt:
    from rich.progress import Progress

    from beraad.messaging.feed import FeedClient
    from beraad.messaging.rebuild import NoRoom, Rebuild
    from beraad.messaging.sources import FeedUnavailable

    feeds = FeedClient(store.service, settings.service_keys[store.service], settings.feed_urls)
    with Progress(*_columns(), console=console, transient=True) as progress:
        task = progress.add_task(subscription.publisher, total=None)
        rebuild: Rebuild = Rebuild(
            store,
            subscription,
            feeds,
            tell=lambda done, goal: progress.update(task, completed=done, total=goal),
        )
        try:
            return rebuild.compare() if check else rebuild.run()
        except (FeedUnavailable, NoRoom) as error:
            raise Trouble(
                f"{'not compared' if check else 'nothing was changed of'} {subscription.publisher}: {error}"
            ) from error


def _columns() -> list[Any]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    return [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]


def _told(found: Rebuilt, *, check: bool) -> str:
    lines = [f"{found.stream}: {found.position} events read, up to {found.epoch}:{found.position}"]
    for table in found.tables:
        state = (
            "as the log tells"
            if not table.differing
            else f"{table.differing} " + ("differ" if check else "put right")
        )
        lines.append(f"  {table.table}  {table.before} rows, {table.after} by the log; {state}")
    return "\n".join(lines)
