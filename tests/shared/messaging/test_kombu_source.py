import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pika
import pytest

from beraad.messaging import amqp_connection
from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.amqp_source import KombuSource
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.relay import TransportDown
from beraad.messaging.sources import Batch
from beraad.messaging.topology import EVENTS, PRIVATE
from contracts.rig import STREAMS, messages_in, on_channel
from servers.processes import free_port, wait_until
from servers.proxy import Proxy
from servers.rabbitmq import PrivateRabbitMQ
from shared.messaging.test_envelope import NOON, an_envelope
from shared.messaging.test_pika_transport import private, public

Make = Callable[..., KombuSource]


@pytest.fixture
def make(broker: str) -> Iterator[Make]:
    made: list[KombuSource] = []

    def source(url: str = broker, **options: Any) -> KombuSource:
        made.append(KombuSource(url, "notifications", STREAMS, **options))
        return made[-1]

    yield source
    for one in made:
        one.close()


@pytest.fixture
def source(make: Make) -> KombuSource:
    made = make()
    assert made.take(dict, 50, 0) == Batch()
    return made


@pytest.fixture
def send(broker: str) -> Iterator[Callable[[list[Envelope]], None]]:
    transport = PikaTransport(broker, "membership")
    yield transport.send
    transport.close()


Send = Callable[[list[Envelope]], None]


@contextmanager
def calls_counted() -> Iterator[Counter[str]]:
    """Counts what this thread calls: how much it does while it waits, however fast the machine is."""
    calls: Counter[str] = Counter()
    sys.setprofile(lambda frame, event, _: calls.update([event]))
    try:
        yield calls
    finally:
        sys.setprofile(None)


def publish(url: str, exchange: str, key: str, headers: dict[str, Any], body: bytes = b"{}") -> None:
    with on_channel(url) as channel:
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, body, pika.BasicProperties(headers=headers))


def positions(batch: Batch) -> list[int]:
    return [event.position for event in batch.events]


def taken(source: KombuSource, count: int) -> Batch:
    """A batch of exactly so many, once they are there."""
    deadline = time.monotonic() + 15
    while len(source._buffer) < count:
        assert time.monotonic() < deadline, f"{len(source._buffer)} of {count}"
        if source._channel is None:
            source.take(dict, 0, 0.5)
        source.keep_alive()
    return source.take(dict, count, 1)


def test_a_batch_is_not_longer_than_asked_for_and_the_rest_comes_next(
    source: KombuSource, send: Send
) -> None:
    send(public(1, 70))
    assert positions(taken(source, 50)) == list(range(1, 51))
    assert positions(taken(source, 20)) == list(range(51, 71))


def test_settling_acknowledges_the_batch_and_no_more(broker: str, make: Make, send: Send) -> None:
    source = make()
    source.take(dict, 50, 0)
    send(public(1, 10))
    first = taken(source, 6)
    source.settle(first)
    source.close()
    assert wait_until(lambda: messages_in(broker, "notifications.events") == 4, within=5)
    assert positions(taken(make(), 4)) == [7, 8, 9, 10]


def test_public_and_private_streams_are_acknowledged_together(
    broker: str, source: KombuSource, send: Send
) -> None:
    send(public(1, 3))
    send([private(1)])
    send(public(4, 4))
    batch = taken(source, 5)
    assert len(batch.events) == 5
    source.settle(batch)
    source.close()
    time.sleep(0.2)
    assert messages_in(broker, "notifications.events") == messages_in(broker, "notifications.private") == 0


def test_watermarks_come_with_the_time_they_were_told(broker: str, source: KombuSource) -> None:
    headers, _ = Watermark("membership", 1, 7).to_amqp(NOON)
    publish(broker, EVENTS, "membership.watermark", headers)
    batch = source.take(dict, 50, 5)
    assert batch.watermarks == [Watermark("membership", 1, 7, sent_at=NOON)]
    source.settle(batch)


def an_event(**changes: Any) -> dict[str, Any]:
    return {**an_envelope().to_amqp()[0], **changes}


@pytest.mark.parametrize(
    ("exchange", "key", "headers", "body"),
    [
        (EVENTS, "membership.person.updated.v1", {}, b"{}"),
        (EVENTS, "membership.person.updated.v1", an_event(), b"no json"),
        (EVENTS, "membership.watermark", {"cloudEvents_type": "membership.watermark"}, b"{}"),
        (EVENTS, "membership.person.updated.v1", an_event(cloudEvents_source="/deliberation"), b"{}"),
        (
            EVENTS,
            "membership.person.updated.v1",
            an_event(cloudEvents_type="membership.person.erased.v1"),
            b"{}",
        ),
        (EVENTS, "membership.person.updated.v1", an_event(cloudEvents_source="/membership.private"), b"{}"),
        (PRIVATE, "membership.person.updated.v1", an_event(), b"{}"),
        (EVENTS, "membership.watermark", Watermark("deliberation", 1, 9).to_amqp(NOON)[0], b"{}"),
    ],
    ids=["headers", "json", "mark", "publisher", "type", "stream", "exchange", "foreign mark"],
)
def test_what_cannot_be_read_or_is_forged_waits_for_a_person_and_the_rest_goes_on(
    broker: str,
    source: KombuSource,
    send: Send,
    exchange: str,
    key: str,
    headers: dict[str, Any],
    body: bytes,
) -> None:
    publish(broker, exchange, key, headers, body)
    send(public(1, 1))
    batch = taken(source, 1)
    assert positions(batch) == [1]
    source.settle(batch)
    assert wait_until(lambda: messages_in(broker, "notifications.dead") == 1, within=10)


def test_a_body_of_a_megabyte_comes_through(source: KombuSource, send: Send) -> None:
    send([an_envelope(position=1, data={"text": "x" * 1_000_000})])
    assert len(source.take(dict, 50, 5).events[0].data["text"]) == 1_000_000


def test_a_slow_consumer_holds_no_more_than_its_prefetch(broker: str, make: Make, send: Send) -> None:
    source = make(prefetch=20)
    source.take(dict, 5, 0)
    send(public(1, 200))
    source.take(dict, 5, 2)
    for _ in range(20):
        source.keep_alive()
        time.sleep(0.02)
    assert len(source._buffer) <= 15
    assert messages_in(broker, "notifications.events") == 180


def test_a_batch_can_be_held_longer_than_the_heartbeat(
    broker: str, make: Make, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amqp_connection, "HEARTBEAT", 1)
    source = make()
    source.take(dict, 50, 0)
    send(public(1, 3))
    batch = taken(source, 3)
    channel = source._channel
    until = time.monotonic() + 5
    while time.monotonic() < until:
        source.keep_alive()
        time.sleep(0.3)
    assert source._channel is channel
    source.settle(batch)
    source.close()
    time.sleep(0.2)
    assert messages_in(broker, "notifications.events") == 0


def test_a_batch_held_in_silence_comes_again_and_settling_it_is_in_vain(
    make: Make, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amqp_connection, "HEARTBEAT", 1)
    source = make()
    source.take(dict, 50, 0)
    send(public(1, 3))
    batch = taken(source, 3)
    time.sleep(5)
    source.settle(batch)
    assert positions(taken(source, 3)) == [1, 2, 3]
    source.settle(batch)


@pytest.mark.faults
def test_a_broker_that_restarts_is_found_again(
    rabbitmq: PrivateRabbitMQ, source: KombuSource, send: Send
) -> None:
    send(public(1, 2))
    rabbitmq.restart()
    while source._channel is not None:
        source.keep_alive()
    with suppress(TransportDown):
        send(public(3, 3))  # finds the connection lost
    send(public(3, 3))
    assert positions(taken(source, 3))[:3] == [1, 2, 3]
    time.sleep(
        1
    )  # RabbitMQ 3.10 loses its dead-letter workers for good when queues are deleted while they start


def test_without_a_broker_taking_returns_nothing_in_its_time(make: Make) -> None:
    source = make(f"amqp://guest:guest@127.0.0.1:{free_port()}/")
    source.keep_alive()
    started = time.monotonic()
    for _ in range(3):
        assert source.take(dict, 50, 0.2) == Batch()
    assert time.monotonic() - started < 3
    time.sleep(0.7)
    assert source.take(dict, 50, 0.5) == Batch()


@pytest.mark.faults
def test_a_frozen_broker_ends_the_wait(rabbitmq: PrivateRabbitMQ, source: KombuSource) -> None:
    os.kill(rabbitmq.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert source.take(dict, 50, 0.5) == Batch()
        source.close()
        assert source.take(dict, 50, 0.5) == Batch()
        assert time.monotonic() - started < 15
    finally:
        os.kill(rabbitmq.pid, signal.SIGCONT)


def test_a_frame_cut_in_two_ends_the_wait_without_haste_and_is_read_on_later(
    rabbitmq: PrivateRabbitMQ, broker: str, make: Make, send: Send
) -> None:
    with Proxy(rabbitmq.port) as proxy:
        source = make(broker.replace(f":{rabbitmq.port}", f":{proxy.port}"))
        source.take(dict, 50, 0)
        proxy.freeze(after=20_000)
        send([an_envelope(position=1), an_envelope(position=2, data={"text": "x" * 100_000})])
        assert positions(source.take(dict, 50, 5)) == [1]
        began = time.monotonic()
        with calls_counted() as calls:
            for _ in range(3):
                assert source.take(dict, 50, 0.5) == Batch()
                source.keep_alive()
        assert time.monotonic() - began < 5
        assert calls.total() < 10_000, "it waits, it does not ask again and again"
        proxy.mend()
        assert positions(taken(source, 1)) == [2]
        source.close()


def test_a_deleted_queue_is_declared_anew(broker: str, source: KombuSource, send: Send) -> None:
    with on_channel(broker) as channel:
        channel.queue_delete("notifications.events")
    assert source.take(dict, 50, 2) == Batch()
    assert source.take(dict, 50, 2) == Batch()
    send(public(1, 1))
    assert positions(taken(source, 1)) == [1]
