"""What a service could not even read: no event of ours, or a broken one. The broker keeps it for a person.

A public event is not lost with one: what is missing in a stream is read from its publisher's feed. Of a private one
this is the only copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from beraad.messaging.topology import BrokerUnavailable, connected, dead_queue_of


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """One message: why it came here, how it was published, and what it held, as far as that is text."""

    reason: str
    exchange: str
    routing_key: str
    headers: dict[str, Any]
    body: str

    def to_json(self) -> dict[str, Any]:
        """What JSON has no word for comes as text."""
        return asdict(self)


@contextmanager
def dead_letters(amqp_url: str, service: str, *, take: bool) -> Iterator[Iterator[DeadLetter]]:
    """Those of a service. `take`: each leaves the queue when the next is asked for; else all stay.

    Raises `BrokerUnavailable`, also where the queue is missing.
    """
    try:
        with connected(amqp_url, f"{service} dead letters", heartbeat=0) as connection:
            yield _messages(connection.channel(), dead_queue_of(service), take=take)
    except ChannelClosedByBroker as error:
        raise BrokerUnavailable(error.reply_text) from error


def _messages(channel: BlockingChannel, queue: str, *, take: bool) -> Iterator[DeadLetter]:
    while True:
        method, properties, body = channel.basic_get(queue)
        if method is None:
            return
        yield _letter(dict(properties.headers or {}), method.exchange, method.routing_key, body)
        if take:
            channel.basic_ack(method.delivery_tag)


def _letter(headers: dict[str, Any], exchange: str, routing_key: str, body: bytes) -> DeadLetter:
    deaths = headers.pop("x-death", None)
    death = deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}
    keys = death.get("routing-keys")
    return DeadLetter(
        reason=str(death.get("reason", "unknown")),
        exchange=str(death.get("exchange", exchange)),
        routing_key=str(keys[0] if isinstance(keys, list) and keys else routing_key),
        headers=headers,
        body=body.decode(errors="replace"),
    )
