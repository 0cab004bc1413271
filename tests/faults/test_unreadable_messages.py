"""What is no event of ours, or one nobody knows here: put aside where a person finds it, and everything else flows."""

import json
import struct
from typing import Any
from uuid import uuid4

import pika
import pytest

from beraad.clock import real_now
from beraad.messaging.amqp_source import PREFETCH, KombuSource
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.outbox import number_batch
from beraad.messaging.sources import Batch
from beraad.perform import transaction
from contracts.rig import (
    ANNA,
    BRAM,
    SECRET,
    PersonUpdated,
    World,
    having,
    messages_in,
    numbers,
    on_channel,
    parked_rows,
    say,
    whisper,
)
from faults.tally import Tally, account, counted
from servers.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200), having("broker")]
DEAD = "notifications.dead"
MEBIBYTE = 1024 * 1024
UPDATED = PersonUpdated.topic


def an_event(**changes: Any) -> Envelope:
    told: dict[str, Any] = {
        "id": uuid4(),
        "stream": "membership",
        "type": UPDATED,
        "subject": f"people/{BRAM}",
        "time": real_now(),
        "epoch": 1,
        "position": 1,
        "data": {"person_id": str(BRAM), "revision": 1, "name": "x"},
    }
    return Envelope(**{**told, **changes})


def put(broker: str, headers: dict[str, Any], body: bytes, key: str = UPDATED, **properties: Any) -> None:
    with on_channel(broker) as channel:
        told = pika.BasicProperties(headers=headers, delivery_mode=2, **properties)
        channel.basic_publish("beraad.events", key, body, told)


class Never:
    """Stands in headers for a timestamp that no clock of ours knows."""


def encode_value(pieces: list[bytes], value: Any) -> int:
    if not isinstance(value, Never):
        return int(pika_encode_value(pieces, value))
    pieces.append(struct.pack(">cQ", b"T", 2**63 + 5))
    return 9


pika_encode_value = pika.data.encode_value


READABLE, BODY = an_event().to_amqp()
WATERMARK = "membership.watermark"
MARK, NOTHING = Watermark("membership", 1, 0).to_amqp(real_now())
UNREADABLE: dict[str, tuple[dict[str, Any], bytes]] = {
    "no JSON": (READABLE, b"{no json"),
    "no object": (READABLE, b"[1, 2]"),
    "no headers": ({}, BODY),
    "no sequence": ({k: v for k, v in READABLE.items() if not k.endswith("sequence")}, BODY),
    "a sequence of nonsense": ({**READABLE, "cloudEvents_sequence": "first"}, BODY),
    "one mebibyte of nothing": ({}, b"\0" * MEBIBYTE),
    "a number without end": (READABLE, b'{"later": 1e400}'),
    "nested without end": (READABLE, b'{"later": ' + b"[" * 700 + b"]" * 700 + b"}"),
    "a subject no database takes": ({**READABLE, "cloudEvents_subject": "people/\0"}, BODY),
    "an event before all time": ({**READABLE, "cloudEvents_time": "0001-01-01T00:00:00+14:00"}, BODY),
    "a watermark before all time": ({**MARK, "cloudEvents_time": "0001-01-01T00:00:00+14:00"}, NOTHING),
    "compressed by nobody knows what": ({**READABLE, "compression": "x"}, BODY),
    "a timestamp of never": ({**READABLE, "x": Never()}, BODY),
    "another's topic": ({**READABLE, "cloudEvents_type": "meetings.meeting.moved.v1"}, BODY),
}


def test_what_is_unreadable_is_found_in_the_dead_letters(
    world: World, broker: str, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is applied or parked; the good events around it are applied, each once, in order."""
    monkeypatch.setattr("pika.data.encode_value", encode_value)
    say(world.publisher, "1")
    whisper(world.publisher, "private 1")
    world.relayed()
    for headers, body in UNREADABLE.values():
        put(broker, headers, body, WATERMARK if headers.get("cloudEvents_type") == WATERMARK else UPDATED)
    say(world.publisher, "2")
    whisper(world.publisher, "private 2")
    world.relayed()
    world.hears("1", "2")
    world.hears("private 1", "private 2", stream=SECRET)
    assert wait_until(lambda: messages_in(broker, DEAD) == len(UNREADABLE), within=20)
    assert parked_rows(world.listener) == []
    tally(committed=2, unreadable=len(UNREADABLE), dead_letters=messages_in(broker, DEAD), **counted(world))


def test_an_event_that_names_its_encoding_is_read(world: World, broker: str, tally: Tally) -> None:
    """As Celery's and kombu's publishers send it."""
    say(world.publisher, "1")
    number_all(world)
    (event,) = world.feeds.read("membership", 1, 0, 10).events
    put(broker, *event.to_amqp(), content_encoding="utf-8")
    world.hears("1")
    assert messages_in(broker, DEAD) == 0
    tally(committed=1, **counted(world))


def number_all(world: World) -> None:
    with transaction(world.publisher) as work:
        assert number_batch(work.session) == 1


@pytest.mark.parametrize("type_", ["membership.person.praised.v1", "membership.person.updated.v2"])
def test_what_nobody_knows_here_is_parked_and_the_others_flow(
    world: World, broker: str, type_: str, tally: Tally
) -> None:
    """An unknown type or major version: parked with its aggregate; the others are applied, each once, in order."""
    say(world.publisher, "1")
    world.relayed()
    world.hears("1")
    strange = an_event(type=type_, position=2)
    put(broker, *strange.to_amqp(), key=type_)
    world.consumed(until=lambda: len(parked_rows(world.listener)) == 1)
    with world.publisher.engine.begin() as connection:  # it is in the publisher's log as well
        connection.exec_driver_sql(
            "UPDATE streams SET position = 2, confirmed = 2 WHERE stream = 'membership'"
        )
    say(world.publisher, "behind", person=BRAM)
    say(world.publisher, "3")
    world.relayed()
    world.hears("1", "3")
    assert [row.reason.split(":")[0] for row in parked_rows(world.listener)] == ["Poison", "Quarantined"]
    tally(committed=4, **counted(world))


def test_an_event_of_one_mebibyte_arrives_whole(world: World, tally: Tally) -> None:
    """Effects = committed events, each once, in order, whatever their size."""
    profiles = tuple("p" * 100 for _ in range(MEBIBYTE // 104))
    with transaction(world.publisher) as work:
        for number in numbers(1, 3):
            work.publish(PersonUpdated(person_id=ANNA, revision=1, name=number, profiles=profiles))
        assert len(json.dumps(profiles)) > MEBIBYTE - 200
    with world.at_work():
        account(world, 3, tally)


def test_of_a_long_queue_a_slow_consumer_holds_no_more_than_its_prefetch(
    world: World, broker: str, tally: Tally
) -> None:
    """Memory is bounded by the prefetch, however much waits: the rest stays in the queue."""
    say(world.publisher, *numbers(1, 3000))
    world.relayed()
    source = world.source.inner
    assert isinstance(source, KombuSource)
    for _ in range(3 * PREFETCH):
        source.keep_alive()
    held = len(source._buffer)
    assert PREFETCH <= held <= 2 * PREFETCH, "one prefetch for each of its two queues"
    assert messages_in(broker, "notifications.events") >= 3000 - PREFETCH
    with world.at_work(relay=False):
        account(world, 3000, tally)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_what_no_database_keeps_is_parked_without_its_data(world: World) -> None:
    """Read from a feed, say: the stream goes on, and the aggregate waits for a person."""
    strange = an_event(type="membership.person.praised.v1", data={"praise": float("inf")})
    assert world.consumer.apply(Batch([strange])) == 1
    (row,) = parked_rows(world.listener)
    assert row.reason.startswith("(the data is only in the feed) Poison: UnknownEvent")
    assert row.envelope["data"] == {}
