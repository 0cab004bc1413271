"""What a service could not even read: no event of ours, or a broken one. The broker keeps it for a person.

The events themselves are not lost: what is missing in a stream is read from its publisher's feed.
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
    """Those of a service, oldest first. `take`: each leaves the queue when the next is asked for; else all stay.

    Raises `BrokerUnavailable`, also where the queue is missing.
    """
    try:
        with connected(amqp_url, f"{service} dead letters") as connection:
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
    deaths = headers.pop("x-death", None) or [{}]
    death = deaths[0]
    return DeadLetter(
        reason=death.get("reason", "unknown"),
        exchange=death.get("exchange", exchange),
        routing_key=(death.get("routing-keys") or [routing_key])[0],
        headers=headers,
        body=body.decode(errors="replace"),
    )
