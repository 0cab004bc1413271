"""A publisher (membership) and a listener (notifications), joined by a transport: what the contract suite plays with."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID, uuid4

import pika
import pytest
from pika.exceptions import AMQPError
from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, select
from sqlalchemy.exc import OperationalError

from beraad.clock import real_now
from beraad.domain import Event
from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.amqp_source import KombuSource
from beraad.messaging.bell import Bell
from beraad.messaging.consumer import TRANSIENT, Consumer
from beraad.messaging.cursors import upsert
from beraad.messaging.feed import FeedClient, FeedSource
from beraad.messaging.outbox import raise_epoch
from beraad.messaging.relay import Relay, Transport, TransportDown
from beraad.messaging.sources import Batch, Cursors, Feeds, FeedUnavailable, Page, Source
from beraad.messaging.subscriptions import Projection, Received, Subscriptions
from beraad.messaging.topology import EVENTS, PRIVATE, declare
from beraad.perform import Store, Work, reading, transaction
from beraad.settings import DEVELOPMENT_KEY
from beraad.storage.engine import open_engine
from beraad.storage.tables import kernel, outbox, parked, streams
from servers.processes import wait_until

PASSING = (*TRANSIENT, TransportDown, FeedUnavailable)
PUBLIC, SECRET = "membership", "membership.private"
STREAMS = (PUBLIC, SECRET)
effects = Table(
    "effects",
    MetaData(),
    Column("row_id", Integer, primary_key=True, autoincrement=True),
    Column("stream", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("said", String(200), nullable=False),
)
known = Table(
    "known",
    effects.metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("said", String(200), nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class PersonUpdated(Event):
    topic: ClassVar[str] = "membership.person.updated.v1"
    person_id: UUID
    name: str
    language: str = "nl"
    time_zone: str = "Europe/Brussels"
    profiles: tuple[str, ...] = ()
    administrator: bool = False


@dataclass(frozen=True, kw_only=True)
class SignInLinkIssued(Event):
    topic: ClassVar[str] = "membership.sign_in_link.issued.v1"
    person_id: UUID
    email: str = "anna@example.org"
    language: str = "nl"
    link: str
    code: str = "123456"
    expires_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=10))


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    topic: ClassVar[str] = "membership.person.erased.v1"
    person_id: UUID
    pseudonym: str = "forgotten"


ANNA, BRAM = uuid4(), uuid4()


def a_store(service: str, url: str) -> Store[Work]:
    return Store(service, open_engine(url), Work)


def create_tables(store: Store[Work]) -> None:
    kernel.create_all(store.engine)
    effects.metadata.create_all(store.engine)


def say(store: Store[Work], *sentences: str, person: UUID = ANNA) -> None:
    """One event for each sentence, in one transaction."""
    with transaction(store) as work:
        for sentence in sentences:
            work.publish(PersonUpdated(person_id=person, revision=1, name=sentence))


def whisper(store: Store[Work], *sentences: str) -> None:
    with transaction(store) as work:
        for sentence in sentences:
            work.publish(SignInLinkIssued(person_id=ANNA, revision=1, link=sentence))


class Killed(BaseException):
    """As `kill -9`: nothing after it runs."""


@dataclass
class Behavior:
    """What the listener's handlers do beside noting what they heard."""

    poison: set[str] = field(default_factory=set)
    deadly: set[str] = field(default_factory=set)
    unkeepable: set[str] = field(default_factory=set)
    database_down: bool = False

    def apply(self, event: Received, work: Work) -> None:
        said = event.fields.get("name") or event.fields["link"]
        place = event.envelope
        work.session.execute(
            effects.insert().values(
                stream=place.stream, epoch=place.epoch, position=place.position, said=said
            )
        )
        if said in self.poison:
            raise ValueError(f"cannot be applied: {said}")
        if said in self.deadly:
            raise Killed
        if self.database_down:
            raise RuntimeError("wrapped") from OperationalError("SELECT 1", {}, Exception("gone"))

    def keep(self, event: Received, work: Work) -> None:
        """Who said what last, and how many times they spoke: wrong as soon as one is missed or kept twice."""
        if event["name"] in self.unkeepable:
            raise ValueError(f"cannot be kept: {event['name']}")
        statement = upsert(work.session, known).values(
            person_id=event["person_id"], times=1, said=event["name"]
        )
        changes = {"times": known.c.times + 1, "said": event["name"]}
        work.session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=changes))


def subscriptions_for(behavior: Behavior) -> list[Subscriptions]:
    projection = Projection(known)
    projection.add(PersonUpdated.topic, behavior.keep)
    public, private = Subscriptions(PUBLIC, projection), Subscriptions(SECRET)
    public.add(PersonUpdated.topic, behavior.apply)
    private.add(SignInLinkIssued.topic, behavior.apply)
    return [public, private]


def said(store: Store[Work], stream: str = PUBLIC) -> list[str]:
    """What was applied, in the order it was."""
    with reading(store) as work:
        query = select(effects.c.said).where(effects.c.stream == stream).order_by(effects.c.row_id)
        return list(work.session.execute(query).scalars())


def kept(store: Store[Work]) -> dict[UUID, tuple[int, str]]:
    """Of each person: how many times they spoke, and what they said last."""
    with reading(store) as work:
        return {row.person_id: (row.times, row.said) for row in work.session.execute(select(known))}


def parked_rows(store: Store[Work]) -> list[Any]:
    with reading(store) as work:
        return list(work.session.execute(select(parked).order_by(parked.c.stream, parked.c.position)))


class FaultySource:
    """Passes everything on but what a test withholds; loses its connection when a test says so."""

    def __init__(self, make: Callable[[], Source]) -> None:
        self._make = make
        self.inner = make()
        self.withheld: set[int] = set()
        self.repeat = 1
        self.received = 0
        self.lose_before_settling = False

    def take(self, cursors: Cursors, limit: int, timeout: float) -> Batch:
        batch = self.inner.take(cursors, limit, timeout)
        self.received += len(batch.events)
        kept = [event for event in batch.events if event.position not in self.withheld]
        self.withheld -= {event.position for event in batch.events}
        return Batch(kept * self.repeat, batch.watermarks, batch.receipt)

    def settle(self, batch: Batch) -> None:
        if self.lose_before_settling:
            self.lose_before_settling = False
            self.inner.close()
            self.inner = self._make()
            return
        self.inner.settle(batch)

    def keep_alive(self) -> None:
        self.inner.keep_alive()

    def close(self) -> None:
        self.inner.close()


class FaultyFeeds:
    """The publishers' feeds, unless a test takes them away."""

    def __init__(self, inner: Feeds) -> None:
        self._inner = inner
        self.available = True
        self.reads: list[tuple[str, int, int, int]] = []

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        if not self.available:
            raise FeedUnavailable("taken away by the test")
        self.reads.append((stream, epoch, after, limit))
        return self._inner.read(stream, epoch, after, limit)


class Pair(Protocol):
    """A transport for the relay and its source for the consumer."""

    def transport(self) -> Transport | None: ...

    def source(self) -> Source: ...


@dataclass
class RabbitPair:
    features: ClassVar[set[str]] = {"broker"}
    amqp_url: str

    def transport(self) -> Transport:
        return PikaTransport(self.amqp_url, "membership")

    def source(self) -> Source:
        return KombuSource(self.amqp_url, "notifications", STREAMS)


@dataclass
class FeedPair:
    features: ClassVar[set[str]] = {"bell"}
    client: FeedClient
    bell: Bell = field(default_factory=Bell)

    def transport(self) -> None:
        return None

    def source(self) -> Source:
        return FeedSource(self.client, STREAMS, self.bell)


PAIRS: dict[str, type[RabbitPair] | type[FeedPair]] = {"rabbitmq": RabbitPair, "feed": FeedPair}


def having(feature: str) -> Any:
    """Only with the pairs that declare this feature."""
    names = [name for name, pair in PAIRS.items() if feature in pair.features]
    return pytest.mark.parametrize("pair", names, indirect=True)


class World:
    """Both services, one of each process."""

    def __init__(self, publisher: Store[Work], listener: Store[Work], pair: Pair, client: FeedClient) -> None:
        self.publisher = publisher
        self.listener = listener
        self.pair = pair
        self.behavior = Behavior()
        self.feeds = FaultyFeeds(client)
        self.relay = Relay(publisher, pair.transport())
        self.source = FaultySource(pair.source)
        self.consumer = self.another_consumer(self.source)
        self._others: list[Consumer] = []

    def another_consumer(self, source: Source | None = None) -> Consumer:
        made = Consumer(
            self.listener,
            subscriptions_for(self.behavior),
            source or FaultySource(self.pair.source),
            self.feeds,
        )
        if source is None:
            self._others.append(made)
        return made

    def restart_relay(self) -> None:
        self.relay.close()
        self.relay = Relay(self.publisher, self.pair.transport())

    def restart_consumer(self) -> None:
        self.consumer.close()
        self.source = FaultySource(self.pair.source)
        self.consumer = self.another_consumer(self.source)

    def relayed(self) -> None:
        """Everything committed is numbered, sent and confirmed."""
        while self.relay.step():
            pass

    def tell_watermark(self) -> None:
        self.relay._watermark_at = 0.0
        if isinstance(self.source.inner, FeedSource):
            self.source.inner._told_at.clear()
        self.relay.step()

    def consumed(self, *, until: Callable[[], bool], within: float = 15) -> None:
        def step() -> bool:
            self.consumer.step(0.1)
            return until()

        assert wait_until(step, within=within, every=0), f"only {said(self.listener)}"

    def hears(self, *sentences: str, stream: str = PUBLIC) -> None:
        """Exactly this is applied in the end, in this order, and nothing comes after it."""
        self.consumed(until=lambda: len(said(self.listener, stream)) >= len(sentences))
        self.consumer.step(0.1)
        assert said(self.listener, stream) == list(sentences)

    @contextmanager
    def at_work(self, *, relay: bool = True, consumer: bool = True) -> Iterator[None]:
        """Relay and consumer in threads of their own, each going on after whatever passes."""
        stop = threading.Event()
        steps = [self.relay.step] * relay + [lambda: self.consumer.step(0.05)] * consumer
        threads = [threading.Thread(target=keep_stepping, args=(step, stop)) for step in steps]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def close(self) -> None:
        self.relay.close()
        self.consumer.close()
        for other in self._others:
            other.close()
        self.publisher.engine.dispose()
        self.listener.engine.dispose()


def keep_stepping(step: Callable[[], int], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            rest = 0.0 if step() else 0.02
        except PASSING:
            rest = 0.1
        stop.wait(rest)


def restored(world: World, *, to: int, tell: bool = True, shared: int | None = None) -> None:
    """The publisher's database is again what it was at that position; the operator says so, if `tell`."""
    with world.publisher.engine.begin() as connection:
        connection.execute(outbox.delete().where(outbox.c.position > to))
        connection.execute(streams.update().values(position=to, confirmed=to))
    if tell:
        with transaction(world.publisher) as work:
            raise_epoch(work.session, PUBLIC, real_now(), shared)


class Writer:
    """A user who commits one event after the other: "1", "2", …"""

    def __init__(self, store: Store[Work], every: float) -> None:
        self._store = store
        self._every = every
        self._stop = threading.Event()
        self.count = 0
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def stop(self) -> int:
        """How many they wrote in all."""
        self._stop.set()
        self._thread.join()
        return self.count

    def _write(self) -> None:
        while not self._stop.wait(self._every):
            say(self._store, f"{self.count + 1}")
            self.count += 1


@contextmanager
def writing(store: Store[Work], every: float = 0.02) -> Iterator[Writer]:
    """Meanwhile somebody writes."""
    writer = Writer(store, every)
    try:
        yield writer
    finally:
        writer.stop()


def numbers(first: int, last: int) -> list[str]:
    return [f"{number}" for number in range(first, last + 1)]


def feed_client(root: str) -> FeedClient:
    return FeedClient("notifications", DEVELOPMENT_KEY, {"membership": root})


def remove_topology(
    amqp_url: str, services: Sequence[str] = ("notifications", "meetings", "membership", "deliberation")
) -> None:
    """An empty broker again, much quicker than a new virtual host."""
    with on_channel(amqp_url) as channel:
        for service in services:
            for kind in ("events", "private", "dead"):
                channel.queue_delete(f"{service}.{kind}")
        for exchange in (EVENTS, PRIVATE):
            channel.exchange_delete(exchange)


@contextmanager
def on_channel(amqp_url: str) -> Iterator[Any]:
    """pika's plain client: the second, independent one."""
    parameters = pika.URLParameters(amqp_url)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = 5
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection.channel()
    finally:
        with suppress(AMQPError):
            connection.close()


def messages_in(amqp_url: str, queue: str) -> int:
    with on_channel(amqp_url) as channel:
        count: int = channel.queue_declare(queue, passive=True).method.message_count
        return count


def listen(amqp_url: str) -> None:
    declare(amqp_url, "notifications", STREAMS)
