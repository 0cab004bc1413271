"""The relay's transport over RabbitMQ: pika, pipelined publisher confirms, `mandatory`, a deadline on each wait.

**A message no queue takes** comes back (`mandatory`). What then is decided here:

- A private one is never taken as sent: its body would be forgotten. It waits in the outbox until
  `notifications` has declared its queue (`Unroutable`).
- A public one is taken as sent while this process has never seen one of them find a queue: at the first start nobody
  listens yet, and some publishers have no listener at all. Nothing is lost: the event stays in the feed, and the
  first watermark or later event that reaches a queue shows its consumer the gap, which it fills from the feed.
- Once one has found a queue, there was a listener: its queue was deleted, so the event waits (`Unroutable`)
  until the consumer has declared the queue anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

import pika
import structlog

from beraad.clock import real_now
from beraad.messaging.amqp_link import Link
from beraad.messaging.envelope import PRIVATE_SUFFIX, Addressed, Watermark
from beraad.messaging.relay import Refused, TransportDown, Unroutable
from beraad.messaging.topology import DEADLINE, BrokerUnavailable, TopologyMismatch, declare, exchange_of

WINDOW = 1000
PERSISTENT = 2
MISSING = "NOT_FOUND"
log = structlog.get_logger()


@dataclass(frozen=True)
class Outgoing:
    """One message, ready to be published."""

    exchange: str
    routing_key: str
    body: bytes
    properties: pika.BasicProperties
    mandatory: bool


class PikaTransport:
    """Publishes one service's streams, in order, each message until the broker has it on disk."""

    def __init__(
        self, amqp_url: str, service: str, *, window: int = WINDOW, deadline: float = DEADLINE
    ) -> None:
        """At most `window` messages are unconfirmed; after `deadline` seconds without a confirm the broker is down."""
        self._url = amqp_url
        self._service = service
        self._window = window
        self._deadline = deadline
        self._user = service if unquote(urlsplit(amqp_url).username or "") == service else None
        self._link: Link | None = None
        self._heard: set[str] = set()
        self._unheard: set[str] = set()
        self._must_declare = False

    @property
    def blocked(self) -> bool:
        """The broker has an alarm (memory, disk) and takes nothing."""
        return self._link is not None and self._link.blocked

    def send(self, events: Sequence[Addressed]) -> None:
        """Return when the broker has all of them. Raises `TransportDown`, `Unroutable` (see above) or `Refused`."""
        link = self._working_link()
        link.returned.clear()
        link.refused = False
        self._deliver(link, (self._outgoing(event) for event in events))
        stream = events[-1].stream
        if link.returned:
            self._judge_returned(stream)
        if link.refused:
            raise Refused(f"a queue refused events of {stream}: it is full, or its leader was lost")
        if str(events[-1].id) not in link.returned:
            self._heard.add(stream)

    def send_watermark(self, watermark: Watermark) -> None:
        """Tell how far the stream goes; if nobody listens, nobody hears it. Raises `TransportDown`."""
        headers, body = watermark.to_amqp(now := real_now())
        properties = self._properties(headers, now)
        message = Outgoing(exchange_of(watermark.stream), watermark.type, body, properties, mandatory=False)
        self._deliver(self._working_link(), [message])

    def close(self) -> None:
        """Give the connection back."""
        if self._link is not None:
            self._link.drop()
            self._link = None

    def _judge_returned(self, stream: str) -> None:
        if stream.endswith(PRIVATE_SUFFIX) or stream in self._heard:
            raise Unroutable(f"no queue takes the events of {stream}")
        if stream not in self._unheard:
            log.info("nobody_listens", stream=stream, consequence="its events are only in the feed")
        self._unheard.add(stream)

    def _working_link(self) -> Link:
        if self._link is not None:
            self._link.catch_up()
        if self._link is not None and self._link.blocked:
            self._wait_for_alarm(self._link)
        if self._link is not None and self._link.failure is not None:
            self.close()
        return self._link or self._connect()

    def _wait_for_alarm(self, link: Link) -> None:
        """A blocked broker still gets what was sent: keep that connection, so that only one copy is on its way."""
        if not link.wait(lambda: not link.blocked, self._deadline) and link.failure is None:
            raise TransportDown("the broker has an alarm and takes nothing")
        link.failure = link.failure or "unconfirmed messages from before the alarm"

    def _connect(self) -> Link:
        if self._must_declare:
            self._declare()
        link = Link(self._url, f"{self._service} relay")
        if not link.open():
            link.drop()
            raise TransportDown(link.failure or "")
        self._link = link
        return link

    def _declare(self) -> None:
        try:
            declare(self._url, self._service)
        except (BrokerUnavailable, TopologyMismatch) as error:
            raise TransportDown(str(error)) from error
        self._must_declare = False

    def _deliver(self, link: Link, messages: Iterable[Outgoing]) -> None:
        for message in messages:
            self._confirmed_down_to(link, self._window - 1)
            link.publish(
                message.exchange,
                message.routing_key,
                message.body,
                message.properties,
                mandatory=message.mandatory,
            )
        self._confirmed_down_to(link, 0)

    def _confirmed_down_to(self, link: Link, allowed: int) -> None:
        """Wait until at most that many are unconfirmed; each confirm that comes begins the deadline anew."""
        while (waiting := len(link.unconfirmed)) > allowed or link.failure is not None:
            if link.wait(lambda: len(link.unconfirmed) < waiting, self._deadline):
                continue
            raise self._down(link)

    def _down(self, link: Link) -> TransportDown:
        reason = link.failure or f"no confirm within {self._deadline} s"
        self._must_declare = MISSING in reason
        if link.failure is not None or not link.blocked:
            self.close()
        return TransportDown(reason)

    def _outgoing(self, event: Addressed) -> Outgoing:
        headers, body = event.to_amqp()
        properties = self._properties(headers, event.time)
        return Outgoing(exchange_of(event.stream), event.type, body, properties, mandatory=True)

    def _properties(self, headers: dict[str, str], time: datetime) -> pika.BasicProperties:
        return pika.BasicProperties(
            content_type="application/json",
            headers=headers,
            delivery_mode=PERSISTENT,
            message_id=headers["cloudEvents_id"],
            timestamp=int(time.timestamp()),
            type=headers["cloudEvents_type"],
            user_id=self._user,
            app_id=self._service,
        )
