"""One confirming pika connection, driven only while somebody waits for it: no thread, every wait has a deadline.

Between two uses nothing runs; the relay's watermark every five seconds keeps the heartbeat going.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pika
from pika.adapters.select_connection import IOLoop, SelectConnection
from pika.channel import Channel
from pika.spec import Basic

from beraad.messaging.topology import DEADLINE, connection_parameters

HEARTBEAT = 30
FLUSH_EVERY = 50
CLOSING = 1.0


class _Connection(SelectConnection):  # type: ignore[misc] # pika has no types
    """What is to be said leaves together at the next `flush`: one system call, not three for each message."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._gathered: list[bytes] = []
        super().__init__(*args, **options)

    def _output_marshaled_frames(self, marshaled_frames: Sequence[bytes]) -> None:
        self._gathered += marshaled_frames

    def flush(self) -> None:
        if self._gathered:
            together, self._gathered = b"".join(self._gathered), []
            super()._output_marshaled_frames([together])


class Link:
    """A connection with one channel in confirm mode. Once `failure` is set it is of no more use: drop it."""

    def __init__(self, amqp_url: str, purpose: str) -> None:
        """Begin to connect; `open` waits for it."""
        self.failure: str | None = None
        self.blocked = False
        self.unconfirmed: set[int] = set()
        self.returned: list[str] = []
        self.refused = False
        self._published = 0
        self._lowest = 1
        self._confirming = False
        self._closed = False
        self._channel: Channel | None = None
        self._ioloop = IOLoop()
        self._ioloop.activate_poller()
        parameters = connection_parameters(amqp_url, purpose)
        parameters.heartbeat = HEARTBEAT
        parameters.blocked_connection_timeout = (
            None  # `blocked` is looked at; a blocked connection is worth keeping
        )
        self._connection = _Connection(
            parameters, self._opened, self._refused, self._lost, custom_ioloop=self._ioloop
        )

    def open(self) -> bool:
        """True when events may be published; False with `failure` told."""
        if not self.wait(lambda: self._confirming, 2 * DEADLINE) and self.failure is None:
            self.failure = "connecting took too long"
        return self.failure is None

    def publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        properties: pika.BasicProperties,
        *,
        mandatory: bool,
    ) -> None:
        """Hand one message over; it leaves with the next `flush` or `wait`, or with the fiftieth of them.

        It is in `unconfirmed` until the broker has it.
        """
        if self._channel is None or not self._channel.is_open:
            self.failure = self.failure or "the channel is closed"
            return
        self._published += 1
        self.unconfirmed.add(self._published)
        self._channel.basic_publish(exchange, routing_key, body, properties, mandatory=mandatory)
        if self._published % FLUSH_EVERY == 0:
            self.flush()

    def wait(self, done: Callable[[], bool], seconds: float) -> bool:
        """Let the connection work until `done`, a failure, or the deadline. True when done."""
        deadline = time.monotonic() + seconds
        while not done() and self.failure is None:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            self._turn(remaining)
        return done()

    def flush(self) -> None:
        """Let what was handed over leave, as far as the broker takes it now."""
        self._turn(0)

    def catch_up(self) -> None:
        """Read what the broker said meanwhile (heartbeats, alarms, a closed connection), without waiting."""
        self._turn(0)

    def drop(self) -> None:
        """End it at once if the broker does not answer a polite close."""
        self.failure = self.failure or "dropped"
        if not (self._connection.is_closed or self._connection.is_closing):
            self._connection.close()
        self._turn_until_closed()
        if not self._closed:
            self._connection._terminate_stream(ConnectionError(self.failure))  # noqa: SLF001 - pika has no public abort
            self._turn_until_closed()
        self._ioloop.deactivate_poller()
        self._ioloop.close()

    def _turn_until_closed(self) -> None:
        deadline = time.monotonic() + CLOSING
        while not self._closed and (remaining := deadline - time.monotonic()) > 0:
            self._turn(remaining)

    def _turn(self, seconds: float) -> None:
        timer = self._ioloop.call_later(seconds, lambda: None)
        try:
            self._connection.flush()
            self._ioloop.poll()
            self._ioloop.process_timeouts()
        except (
            ValueError
        ) as error:  # pika's word for a connection that was reset between its opening and its use
            self.failure = self.failure or f"no connection: {error}"
        self._ioloop.remove_timeout(timer)

    # -- what pika tells ----------------------------------------------------------------------------------

    def _opened(self, connection: SelectConnection) -> None:
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        connection.channel(on_open_callback=self._channel_opened)

    def _on_blocked(self, _connection: Any, _frame: Any) -> None:
        self.blocked = True

    def _on_unblocked(self, _connection: Any, _frame: Any) -> None:
        self.blocked = False

    def _channel_opened(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=self._on_confirming)

    def _on_confirming(self, _frame: Any) -> None:
        self._confirming = True

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        self.refused = self.refused or isinstance(method, Basic.Nack)
        first = self._lowest if method.multiple else method.delivery_tag
        self.unconfirmed.difference_update(range(first, method.delivery_tag + 1))
        if method.multiple:
            self._lowest = method.delivery_tag + 1

    def _on_return(self, _channel: Any, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        self.returned.append(str(properties.message_id))

    def _channel_closed(self, _channel: Channel, reason: Exception) -> None:
        self.failure = self.failure or f"the channel was closed: {reason}"

    def _refused(self, _connection: Any, error: object) -> None:
        self._closed = True
        self.failure = self.failure or f"no connection: {error!r}"

    def _lost(self, _connection: Any, reason: object) -> None:
        self._closed = True
        self.failure = self.failure or f"the connection was lost: {reason!r}"
