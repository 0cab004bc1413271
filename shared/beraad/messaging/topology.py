"""What stands on the broker: two topic exchanges, and for each consuming service a queue and a dead-letter queue.

Works on RabbitMQ 3.10 to 4.x. Everything is declared with the same arguments by whoever comes first; who may
not declare (production: only the deploy user may) is content when everything is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError, ChannelClosedByBroker

from beraad.messaging.envelope import PRIVATE_SUFFIX

EVENTS = "beraad.events"
PRIVATE = "beraad.private"
DELIVERY_LIMIT = 20
NO_LIMIT = 2**31 - 1
"""Of deliveries. RabbitMQ 3 knows no word for it, and 4 gives up after twenty where nothing is said."""
DEADLINE = 5.0
ACCESS_REFUSED, NOT_FOUND = 403, 404
logging.getLogger("pika").setLevel(
    logging.CRITICAL
)  # a refused connection is seven errors; our exceptions tell it once


class BrokerUnavailable(Exception):
    """The broker did not answer in time, or refused us; the message says which."""


class TopologyMismatch(Exception):
    """Something of that name stands on the broker with other arguments, or is missing and may not be declared."""


def exchange_of(stream: str) -> str:
    """Where the events of that stream are published."""
    return PRIVATE if stream.endswith(PRIVATE_SUFFIX) else EVENTS


def queue_of(service: str, stream: str) -> str:
    """Where that service finds the events of that stream: one queue for all public ones, one for private ones."""
    return f"{service}.private" if stream.endswith(PRIVATE_SUFFIX) else f"{service}.events"


def dead_queue_of(service: str) -> str:
    """Where what this service could not read waits for a person."""
    return f"{service}.dead"


def queue_arguments(service: str, *, private: bool = False) -> dict[str, Any]:
    """Quorum, one active consumer, and dead letters that are not lost on their way (needs `reject-publish`).

    A public event that was given up is read from its publisher's feed; of a private one this is the only copy, so it is
    never given up for having been delivered too often.
    """
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": NO_LIMIT if private else DELIVERY_LIMIT,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue_of(service),
        "x-dead-letter-strategy": "at-least-once",
    }


def queues_of(service: str, streams: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The queues a service that listens to these streams has, with their arguments."""
    if not streams:
        return {}
    readable = {
        queue_of(service, stream): queue_arguments(service, private=stream.endswith(PRIVATE_SUFFIX))
        for stream in sorted(streams)
    }
    return {dead_queue_of(service): {"x-queue-type": "quorum"}, **readable}


def connection_parameters(amqp_url: str, purpose: str, *, heartbeat: int = 5) -> pika.URLParameters:
    """How every connection of ours is opened: each wait in it ends, an unanswered one after about two heartbeats."""
    parameters = pika.URLParameters(amqp_url)
    parameters.socket_timeout = DEADLINE
    parameters.stack_timeout = DEADLINE
    parameters.blocked_connection_timeout = DEADLINE
    parameters.connection_attempts = 1
    parameters.heartbeat = heartbeat
    parameters.client_properties = {"connection_name": purpose}
    return parameters


def declare(amqp_url: str, service: str, streams: Sequence[str] = ()) -> None:
    """Declare the exchanges, and the queues and bindings of a service that listens to these streams.

    `streams` are publishers' names, and `<publisher>.private` where the service may read that. Declaring again
    changes nothing. Raises `BrokerUnavailable` or `TopologyMismatch`.
    """
    try:
        with _channel(amqp_url, f"{service} topology") as channel:
            _declare(channel, service, streams)
    except ChannelClosedByBroker as error:
        if error.reply_code != ACCESS_REFUSED:
            raise TopologyMismatch(error.reply_text) from error
        if absent := missing(amqp_url, service, streams):
            raise TopologyMismatch(f"missing, and {service} may not declare: {', '.join(absent)}") from error


def missing(amqp_url: str, service: str, streams: Sequence[str] = ()) -> list[str]:
    """The exchanges and queues that are not there (bindings cannot be seen over AMQP). Raises `BrokerUnavailable`."""
    exchanges = [name for name in (EVENTS, PRIVATE) if _absent(amqp_url, service, exchange=name)]
    return exchanges + [
        name for name in queues_of(service, streams) if _absent(amqp_url, service, queue=name)
    ]


def differing(amqp_url: str, service: str, streams: Sequence[str] = ()) -> dict[str, str]:
    """Exchanges and queues that stand with other arguments than ours, each with the broker's word for it.

    Looks only: what is not there is not made. Empty for a user that may not declare, for the broker then tells nothing.
    Raises `BrokerUnavailable`.
    """
    absent = set(missing(amqp_url, service, streams))
    found: dict[str, str] = {}
    with connected(amqp_url, f"{service} check") as connection:
        for name, declaring in _declarations(service, streams).items():
            if name not in absent:
                try:
                    declaring(connection.channel())
                except ChannelClosedByBroker as error:
                    if error.reply_code != ACCESS_REFUSED:
                        found[name] = error.reply_text
    return found


def depths(amqp_url: str, service: str, streams: Sequence[str] = ()) -> dict[str, int | None]:
    """Messages ready in each of the service's queues; None for one that is not there. Raises `BrokerUnavailable`."""
    with connected(amqp_url, f"{service} lag") as connection:
        return {name: _depth(connection, name) for name in queues_of(service, streams)}


def _depth(connection: pika.BlockingConnection, queue: str) -> int | None:
    channel = connection.channel()  # one for each: the broker closes it over a queue that is not there
    try:
        depth = int(channel.queue_declare(queue, passive=True).method.message_count)
    except ChannelClosedByBroker as error:
        if error.reply_code == NOT_FOUND:
            return None
        raise BrokerUnavailable(error.reply_text) from error
    channel.close()
    return depth


def _declarations(service: str, streams: Sequence[str]) -> dict[str, Callable[[BlockingChannel], object]]:
    """By name, how each is declared; one that stands with the same arguments is left as it is."""
    exchanges = {
        name: partial(BlockingChannel.exchange_declare, exchange=name, exchange_type="topic", durable=True)
        for name in (EVENTS, PRIVATE)
    }
    queues = {
        name: partial(BlockingChannel.queue_declare, queue=name, durable=True, arguments=arguments)
        for name, arguments in queues_of(service, streams).items()
    }
    return {**exchanges, **queues}


def _declare(channel: BlockingChannel, service: str, streams: Sequence[str]) -> None:
    for declaring in _declarations(service, streams).values():
        declaring(channel)
    for stream in streams:
        publisher = stream.removesuffix(PRIVATE_SUFFIX)
        channel.queue_bind(queue_of(service, stream), exchange_of(stream), routing_key=f"{publisher}.#")


def _absent(amqp_url: str, service: str, *, exchange: str = "", queue: str = "") -> bool:
    try:
        with _channel(amqp_url, f"{service} check") as channel:
            if exchange:
                channel.exchange_declare(exchange, passive=True)
            else:
                channel.queue_declare(queue, passive=True)
    except ChannelClosedByBroker as error:
        if error.reply_code == NOT_FOUND:
            return True
        raise BrokerUnavailable(error.reply_text) from error
    return False


@contextmanager
def _channel(amqp_url: str, purpose: str) -> Iterator[BlockingChannel]:
    with connected(amqp_url, purpose) as connection:
        yield connection.channel()


@contextmanager
def connected(amqp_url: str, purpose: str, *, heartbeat: int = 5) -> Iterator[pika.BlockingConnection]:
    """A connection for as long as the block lasts. Raises `BrokerUnavailable` wherever it breaks."""
    parameters = connection_parameters(amqp_url, purpose, heartbeat=heartbeat)
    try:
        connection = pika.BlockingConnection(parameters)
        try:
            yield connection
        finally:
            if connection.is_open:
                connection.close()
    except ChannelClosedByBroker:
        raise
    except (AMQPError, AMQPConnectorException, OSError) as error:
        told = f"{type(error).__name__} {error}".strip()
        raise BrokerUnavailable(f"{parameters.host}:{parameters.port}: {told}") from error
