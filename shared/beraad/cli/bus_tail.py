"""`beraad bus tail`: what a service publishes, as it happens."""

from __future__ import annotations

import json
import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from beraad.cli.services import opened, service_argument

if TYPE_CHECKING:
    from beraad.messaging.envelope import Envelope
    from beraad.perform import Store

EVERY = 0.5
PAGE = 500


@click.command()
@service_argument
@click.option("--type", "pattern", default="*", help="Only these types, such as 'deliberation.round.*'.")
@click.option("--subject", default="*", help="Only about these, such as 'groups/0190…'.")
@click.option(
    "--last",
    default=10,
    show_default=True,
    type=click.IntRange(min=0),
    help="Begin with so many of the past.",
)
@click.option("--once", is_flag=True, help="Do not wait for more.")
@click.option("--json", "as_json", is_flag=True, help="The whole event, one JSON document per line.")
def tail(name: str, pattern: str, subject: str, last: int, once: bool, as_json: bool) -> None:
    """Print the events of SERVICE from its log, and follow it until Ctrl-C. What is private stays so."""
    with opened(name) as (_, _, store):
        position = max(_position(store) - last, 0)
        while True:
            events = _after(store, position)
            for event in events:
                if fnmatchcase(event.type, pattern) and fnmatchcase(event.subject, subject):
                    click.echo(_line(event, as_json=as_json))
            position = events[-1].position if events else position
            if once and not events:
                return
            if not events:
                time.sleep(EVERY)


def _position(store: Store[Any]) -> int:
    from beraad.messaging.outbox import stream_state
    from beraad.perform import reading

    with reading(store) as work:
        return stream_state(work.session, store.service).position


def _after(store: Store[Any], position: int) -> list[Envelope]:
    from beraad.messaging.outbox import events_after
    from beraad.perform import reading

    with reading(store) as work:
        return events_after(work.session, store.service, position, PAGE)


def _line(event: Envelope, *, as_json: bool) -> str:
    told = event.to_json() if as_json else event.data
    content = json.dumps(told, ensure_ascii=False)
    if as_json:
        return content
    return f"{event.time:%Y-%m-%d %H:%M:%S}  {event.epoch}:{event.position}  {event.type}  {event.subject}  {content}"
