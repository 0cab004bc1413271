"""The consumer's source over RabbitMQ: kombu, several unacknowledged batches ahead, acknowledged after the commit.

The connection is opened when first needed and anew after every fault; what was not acknowledged comes again
and is dropped by its position. Nothing here waits longer than it is told, or than five seconds for an answer.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from amqp.exceptions import AMQPError
from kombu.entity import Queue
from kombu.exceptions import KombuError
from kombu.messaging import Consumer

from beraad.messaging.amqp_connection import open_connection
from beraad.messaging.envelope import (
    Envelope,
    UnreadableMessage,
    Watermark,
    from_amqp,
    watermark_from_amqp,
)
from beraad.messaging.sources import Batch, Cursors
from beraad.messaging.topology import (
    BrokerUnavailable,
    TopologyMismatch,
    declare,
    exchange_of,
    queue_of,
)

PREFETCH = 1000
GATHERING = 0.005
TICK = 1.0
AT_ONCE = 0.001
"""Not 0: in the middle of a frame the library would ask for the rest again and again, without end."""
AGAIN_AFTER = 1.0
FAULTS = (AMQPError, KombuError, OSError, BrokerUnavailable, TopologyMismatch)
log = structlog.get_logger()


@dataclass(frozen=True)
class Taken:
    """One readable message, still unacknowledged."""

    content: Envelope | Watermark
    tag: int


@dataclass(frozen=True)
class Receipt:
    """Up to where to acknowledge, and on which connection: on a later one the tag means nothing."""

    channel: Any
    tag: int


class KombuSource:
    """Reads one service's queues: the public streams from one, private ones from another."""

    def __init__(
        self, amqp_url: str, service: str, streams: Sequence[str], *, prefetch: int = PREFETCH
    ) -> None:
        """`streams` are what the service listens to; at most `prefetch` messages of a queue wait here in memory."""
        self._url = amqp_url
        self._service = service
        self._streams = streams
        self._prefetch = prefetch
        self._buffer: deque[Taken] = deque()
        self._connection: Any = None
        self._channel: Any = None
        self._not_before = 0.0

    def take(self, cursors: Cursors, limit: int, timeout: float) -> Batch:
        """What is there, or comes within `timeout` seconds and 5 ms after that. Empty while the broker is away."""
        try:
            self._connect_if_due(timeout)
            self._gather(limit, time.monotonic() + timeout)
        except FAULTS as error:
            self._lose(error)
        return self._batch(limit)

    def settle(self, batch: Batch) -> None:
        """Acknowledge everything up to the last message of the batch; in vain if the connection is gone."""
        if batch.receipt is None or batch.receipt.channel is not self._channel:
            return
        try:
            self._channel.basic_ack(batch.receipt.tag, multiple=True)
        except FAULTS as error:
            self._lose(error)

    def keep_alive(self) -> None:
        """Answer heartbeats while the consumer is busy or its database away; what arrives is kept for `take`."""
        if self._channel is None:
            return
        try:
            self._drain(AT_ONCE)
            self._connection.heartbeat_check()
        except FAULTS as error:
            self._lose(error)

    def close(self) -> None:
        """Give the connection back; what is not acknowledged comes again, to whoever reads then."""
        self._buffer.clear()
        self._channel = None
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(*FAULTS):
                connection.release()

    # -- connecting ---------------------------------------------------------------------------------------

    def _connect_if_due(self, timeout: float) -> None:
        if self._channel is not None:
            return
        if (early := self._not_before - time.monotonic()) > 0:
            time.sleep(min(early, timeout))
            if early > timeout:
                return
        self._connect()

    def _connect(self) -> None:
        declare(self._url, self._service, self._streams)
        self._connection = open_connection(self._url, f"{self._service} consumer")
        self._channel = self._connection.channel()
        self._channel.auto_decode = False  # a body is octets, whatever its properties say
        queues = sorted({queue_of(self._service, stream) for stream in self._streams})
        Consumer(  # type: ignore[no-untyped-call] # kombu is typed in part
            self._channel,
            queues=[Queue(name, no_declare=True) for name in queues],  # type: ignore[no-untyped-call]
            on_message=self._on_message,
            on_decode_error=self._refuse,
            prefetch_count=self._prefetch,
            auto_declare=False,
        ).consume()
        log.info("consuming", queues=queues)

    def _lose(self, error: BaseException) -> None:
        log.warning("broker_lost", service=self._service, error=repr(error))
        self._buffer.clear()
        self._channel = None
        self._not_before = time.monotonic() + AGAIN_AFTER
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(*FAULTS):
                connection.collect()

    # -- reading ------------------------------------------------------------------------------------------

    def _gather(self, limit: int, deadline: float) -> None:
        while self._channel is not None and not self._buffer and (left := deadline - time.monotonic()) > 0:
            self._drain(min(left, TICK))
            self._connection.heartbeat_check()
        if self._buffer:
            gathered = time.monotonic() + GATHERING
            self._drain_while(lambda: len(self._buffer) < limit and time.monotonic() < gathered, GATHERING)
            self._drain_while(lambda: len(self._buffer) < limit, AT_ONCE)

    def _drain(self, seconds: float) -> None:
        with suppress(TimeoutError):
            self._connection.drain_events(timeout=seconds)

    def _drain_while(self, wanted: Callable[[], bool], pause: float) -> None:
        """Until nothing comes for so long: the library's loop, but the pause is set once and not for each frame."""
        connection = self._connection.connection
        read, handle = connection.transport.read_frame, connection.on_inbound_frame
        with suppress(TimeoutError), connection.transport.having_timeout(pause):
            while wanted():
                while not handle(read()):
                    pass

    def _batch(self, limit: int) -> Batch:
        taken = [self._buffer.popleft() for _ in range(min(limit, len(self._buffer)))]
        return Batch(
            events=[one.content for one in taken if isinstance(one.content, Envelope)],
            watermarks=[one.content for one in taken if isinstance(one.content, Watermark)],
            receipt=Receipt(self._channel, taken[-1].tag) if taken else None,
        )

    def _on_message(self, message: Any) -> None:
        try:
            self._buffer.append(Taken(read_message(message), message.delivery_tag))
        except Exception as error:
            self._refuse(message, error)

    def _refuse(self, message: Any, error: Exception) -> None:
        """By itself, at once: an error that closed the connection would count against all that was sent with it."""
        log.error(
            "unreadable_message",
            service=self._service,
            error=f"{type(error).__name__}: {error}",
            id=message.properties.get("message_id"),
        )
        message.reject(requeue=False)


def read_message(message: Any) -> Envelope | Watermark:
    """What a message of kombu's says. Raises `UnreadableMessage`, also for one that came by another's routing key.

    The broker lets each publisher write its own topics only, so the routing key is what proves where it is from.
    """
    headers = message.headers or {}
    exchange, key = message.delivery_info.get("exchange"), str(message.delivery_info.get("routing_key"))
    content: Envelope | Watermark
    if headers.get("cloudEvents_type") == key and key.endswith(".watermark"):
        content = watermark_from_amqp(headers)
    else:
        content = from_amqp(headers, message.body)
    if (
        content.type != key
        or key.partition(".")[0] != content.publisher
        or exchange != exchange_of(content.stream)
    ):
        raise UnreadableMessage(
            f"{content.stream} does not publish {content.type} as {key!r} on {exchange!r}"
        )
    return content
