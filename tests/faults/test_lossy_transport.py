"""Messages that come twice, late, in another order or not at all: what is kept equals what a clean run keeps."""

import random
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from beraad.messaging.consumer import Consumer
from beraad.messaging.envelope import Envelope
from beraad.messaging.feed import FeedSource
from beraad.messaging.rebuild import Rebuild
from beraad.messaging.sources import Batch, Cursors, Source
from beraad.perform import transaction
from contracts.rig import (
    ANNA,
    BRAM,
    PUBLIC,
    STREAMS,
    FeedPair,
    PersonUpdated,
    World,
    a_store,
    create_tables,
    feed_client,
    having,
    kept,
    numbers,
    parked_rows,
    said,
    say,
    subscriptions_for,
)
from faults.tally import Tally, counted
from servers.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
PEOPLE = [uuid4() for _ in range(50)]
DOUBLED, WITHHELD, DELAYED = 0.2, 0.05, 0.05


class LossySource:
    """A source whose messages are doubled, withheld, delayed and shuffled."""

    def __init__(self, inner: Source, chance: random.Random) -> None:
        self._inner = inner
        self._chance = chance
        self._late: list[Envelope] = []
        self.counts: Counter[str] = Counter()

    def take(self, cursors: Cursors, limit: int, timeout: float) -> Batch:
        batch = self._inner.take(cursors, limit, timeout)
        events, self._late = self._late, []
        for event in batch.events:
            self._treat(event, events)
        self._chance.shuffle(events)
        return Batch(events, batch.watermarks, batch.receipt)

    def _treat(self, event: Envelope, events: list[Envelope]) -> None:
        if (fate := self._chance.random()) < DOUBLED:
            self.counts["doubled"] += 1
            events += [event, event]
        elif fate < DOUBLED + WITHHELD:
            self.counts["withheld"] += 1
        elif fate < DOUBLED + WITHHELD + DELAYED:
            self.counts["delayed"] += 1
            self._late.append(event)
        else:
            events.append(event)

    def settle(self, batch: Batch) -> None:
        self._inner.settle(batch)

    def keep_alive(self) -> None:
        self._inner.keep_alive()

    def close(self) -> None:
        self._inner.close()


def a_clean_run(world: World, feed_url: str, folder: Path, count: int) -> dict[UUID, tuple[int, str]]:
    """What another listener keeps that reads the log and meets no fault."""
    store = a_store("notifications", f"sqlite:///{folder}/clean.sqlite")
    create_tables(store)
    client = feed_client(feed_url)
    source = FeedSource(client, STREAMS, FeedPair(client).bell)
    consumer = Consumer(store, subscriptions_for(world.behavior), source, client)
    assert wait_until(lambda: (consumer.step(0.1), len(said(store)) >= count)[1], within=120, every=0)
    found = kept(store)
    store.engine.dispose()
    return found


@having("broker")
@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_what_is_kept_equals_a_clean_run_and_so_after_a_rebuild(
    world: World, feed_url: str, tmp_path: Path, count: int, tally: Tally
) -> None:
    """Effects = committed events, each once, in order; projections = those of a clean run, and of a rebuild."""
    chance = random.Random(count)
    for first in range(1, count, 100):
        with transaction(world.publisher) as work:
            for number in range(first, first + 100):
                person = chance.choice(PEOPLE)
                work.publish(PersonUpdated(person_id=person, revision=number, name=f"{number}"))
    world.relayed()
    world.consumer.close()
    source = LossySource(world.pair.source(), chance)
    world.consumer = world.another_consumer(source)
    world.tell_watermark()

    def step() -> bool:
        world.consumer.step(0.1)
        if len(said(world.listener)) < count:
            world.relay._watermark_at = 0.0  # what is withheld last shows with the next watermark
            world.relay.step()
            return False
        return True

    assert wait_until(step, within=300, every=0)
    tally(committed=count, **counted(world), **source.counts)
    assert said(world.listener) == numbers(1, count)
    assert parked_rows(world.listener) == []
    clean = a_clean_run(world, feed_url, tmp_path, count)
    assert kept(world.listener) == clean
    rebuild = Rebuild(world.listener, subscriptions_for(world.behavior)[0], world.feeds)
    assert rebuild.compare().differing == 0
    with world.listener.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM known")
    rebuild.run()
    assert kept(world.listener) == clean
    assert said(world.listener) == numbers(1, count)


def test_the_second_event_of_an_aggregate_is_poison_and_nobody_else_waits(world: World, tally: Tally) -> None:
    """Parked: 2, and 3 and 4 behind it; a hundred others are applied meanwhile; after the replay 2, 3, 4 in order."""
    world.behavior.poison = {"2"}
    say(world.publisher, "1", "2")
    for number in range(100):
        say(world.publisher, f"other {number}", person=BRAM)
        if number in {30, 60}:
            say(world.publisher, "3" if number == 30 else "4")
    world.relayed()
    others = [f"other {number}" for number in range(100)]
    world.hears("1", *others)
    held = [row.envelope["data"]["name"] for row in parked_rows(world.listener)]
    assert held == ["2", "3", "4"]
    world.behavior.poison = set()
    assert world.consumer.replay(PUBLIC, f"people/{ANNA}") == 3
    say(world.publisher, "5")
    world.relayed()
    world.hears("1", *others, "2", "3", "4", "5")
    assert parked_rows(world.listener) == []
    tally(committed=105, parked_meanwhile=len(held), **counted(world))


@having("broker")
@pytest.mark.parametrize("rivals", [1, 2])
def test_every_message_three_times_also_to_two_consumers(world: World, rivals: int, tally: Tally) -> None:
    """Effects = committed events, each once, in order."""
    world.source.repeat = 3
    others = [world.another_consumer() for _ in range(rivals - 1)]
    with world.at_work():
        for first in range(1, 301, 20):
            say(world.publisher, *numbers(first, first + 19))
        for other in others:
            other.step(0.2)
        assert wait_until(lambda: len(said(world.listener)) >= 300, within=60)
    assert said(world.listener) == numbers(1, 300)
    tally(committed=300, **counted(world))
