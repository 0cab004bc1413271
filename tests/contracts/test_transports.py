"""The contract of every pair of transport and source, on every database."""

import threading
import time

import pytest
from sqlalchemy import select

from beraad.messaging.consumer import TRANSIENT
from beraad.messaging.cursors import known_revision, why_behind
from beraad.messaging.outbox import events_after
from beraad.messaging.sources import FeedUnavailable
from beraad.perform import reading, transaction
from beraad.storage.tables import outbox, streams
from contracts.rig import (
    ANNA,
    BRAM,
    PUBLIC,
    SECRET,
    FeedPair,
    Killed,
    PersonErased,
    World,
    having,
    numbers,
    parked_rows,
    said,
    say,
    whisper,
)
from servers.processes import wait_until


def behind(world: World, stream: str = PUBLIC) -> str | None:
    with reading(world.listener) as work:
        return why_behind(work.session, stream)


def test_events_are_applied_once_in_the_order_they_were_committed(world: World) -> None:
    for first in range(1, 200, 20):
        say(world.publisher, *numbers(first, first + 19))
    world.relayed()
    world.hears(*numbers(1, 200))


def test_an_event_that_comes_three_times_is_applied_once(world: World) -> None:
    world.source.repeat = 3
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    world.hears(*numbers(1, 10))


def test_what_is_sent_again_is_applied_once(world: World) -> None:
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    with world.publisher.engine.begin() as connection:
        connection.execute(streams.update().values(confirmed=4))
    world.restart_relay()
    say(world.publisher, "11")
    world.relayed()
    world.hears(*numbers(1, 11))


def test_a_withheld_event_is_read_from_the_feed(world: World) -> None:
    world.source.withheld = {3, 4, 8}
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    world.hears(*numbers(1, 10))


def test_a_withheld_last_event_is_shown_by_the_watermark(world: World) -> None:
    world.source.withheld = {9, 10}
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    world.tell_watermark()
    world.hears(*numbers(1, 10))


def test_a_gap_while_the_feed_is_away_is_filled_when_it_is_back(world: World) -> None:
    world.source.withheld = {3}
    world.feeds.available = False
    say(world.publisher, *numbers(1, 6))
    world.relayed()
    world.consumer.step(0.5)
    assert said(world.listener) == numbers(1, 2)
    assert behind(world)

    world.feeds.available = True
    say(world.publisher, "7")
    world.relayed()
    world.hears(*numbers(1, 7))


def test_a_poisonous_event_is_parked_with_its_aggregate_and_the_others_flow(world: World) -> None:
    world.behavior.poison = {"poison"}
    say(world.publisher, "1", "poison", "behind the poison")
    say(world.publisher, "2", person=BRAM)
    world.relayed()
    world.hears("1", "2")
    assert [(row.position, row.reason.split(":")[0]) for row in parked_rows(world.listener)] == [
        (2, "ValueError"),
        (3, "Quarantined"),
    ]
    assert behind(world) == "2 events of membership are parked"


def test_parked_events_are_replayed_in_order_and_the_aggregate_goes_on(world: World) -> None:
    world.behavior.poison = {"poison"}
    say(world.publisher, "poison", "behind")
    world.relayed()
    world.consumed(until=lambda: len(parked_rows(world.listener)) == 2)
    with pytest.raises(ValueError, match="poison"):
        world.consumer.replay(PUBLIC, parked_rows(world.listener)[0].subject)
    assert len(parked_rows(world.listener)) == 2

    world.behavior.poison.clear()
    assert world.consumer.replay(PUBLIC, parked_rows(world.listener)[0].subject) == 2
    say(world.publisher, "after")
    world.relayed()
    world.hears("poison", "behind", "after")
    assert parked_rows(world.listener) == []


def test_private_words_are_told_once_and_forgotten_by_the_publisher(world: World) -> None:
    whisper(world.publisher, "link 1", "link 2")
    say(world.publisher, "1")
    world.relayed()
    world.hears("link 1", "link 2", stream=SECRET)
    with reading(world.publisher) as work:
        bodies = select(outbox.c.body).where(outbox.c.stream == SECRET, outbox.c.body.is_not(None))
        assert work.session.execute(bodies).all() == []
        assert events_after(work.session, SECRET, 0, 10) == []
    whisper(world.publisher, "link 3")
    world.relayed()
    world.hears("link 1", "link 2", "link 3", stream=SECRET)


def test_what_private_stream_forgot_does_not_hold_it_up(world: World) -> None:
    whisper(world.publisher, *numbers(1, 5))
    world.relayed()
    world.consumed(until=lambda: len(said(world.listener, SECRET)) == 5)
    with world.listener.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cursors SET position = 2 WHERE stream = 'membership.private'")
    world.tell_watermark()
    world.consumed(until=lambda: behind(world, SECRET) is None)


def test_a_consumer_that_dies_before_its_commit_leaves_nothing_behind(world: World) -> None:
    world.behavior.deadly = {"5"}
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    with pytest.raises(Killed):
        world.consumed(until=lambda: False)
    assert said(world.listener) == []
    world.behavior.deadly.clear()
    world.restart_consumer()
    world.hears(*numbers(1, 10))


def test_a_consumer_that_loses_its_connection_after_the_commit_applies_nothing_twice(world: World) -> None:
    world.source.lose_before_settling = True
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    world.hears(*numbers(1, 10))
    say(world.publisher, "11")
    world.relayed()
    world.hears(*numbers(1, 11))


def test_while_the_database_is_away_the_batch_is_kept_and_nothing_parked(world: World) -> None:
    world.behavior.database_down = True
    say(world.publisher, *numbers(1, 10))
    world.relayed()
    for _ in range(3):
        with pytest.raises(TRANSIENT):
            world.consumed(until=lambda: False)
    assert parked_rows(world.listener) == []
    world.behavior.database_down = False
    world.hears(*numbers(1, 10))


def test_two_consumers_at_once_apply_each_event_once(world: World) -> None:
    rival = world.another_consumer()
    say(world.publisher, *numbers(1, 100))
    world.relayed()
    stop = threading.Event()

    def compete() -> None:
        while not stop.is_set():
            try:
                rival.step(0.05)
            except TRANSIENT:
                continue

    thread = threading.Thread(target=compete)
    thread.start()
    try:
        assert wait_until(lambda: stepped(world) and len(said(world.listener)) >= 100, within=20, every=0)
    finally:
        stop.set()
        thread.join()
    assert said(world.listener) == numbers(1, 100)


def stepped(world: World) -> bool:
    try:
        world.consumer.step(0.05)
    except TRANSIENT:
        return False
    return True


def test_a_listener_that_comes_late_reads_the_whole_log_a_stretch_at_a_time(world: World) -> None:
    say(world.publisher, *numbers(1, 1200))
    world.relayed()
    with world.listener.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM cursors")
    world.source.withheld = set(range(1, 1200))
    world.tell_watermark()
    world.consumed(until=lambda: len(said(world.listener)) == 1200, within=30)
    assert said(world.listener) == numbers(1, 1200)
    assert max(limit for *_, limit in world.feeds.reads) <= 500


def test_the_newest_revision_applied_is_known_and_a_parked_one_is_not(world: World) -> None:
    world.behavior.poison = {"poison"}
    say(world.publisher, "1")
    say(world.publisher, "poison", "behind", person=BRAM)
    world.relayed()
    world.consumed(until=lambda: len(parked_rows(world.listener)) == 2)
    subjects = {row.subject for row in parked_rows(world.listener)}
    assert subjects == {f"people/{BRAM}"}
    with reading(world.listener) as work:
        assert known_revision(work.session, "membership", f"people/{BRAM}") == 0


def test_an_event_nobody_handles_is_passed_over(world: World) -> None:
    with transaction(world.publisher) as work:
        work.publish(PersonErased(person_id=ANNA, revision=9))
    say(world.publisher, "1")
    world.relayed()
    world.hears("1")
    assert world.consumer.cursors()[PUBLIC].position == 2


def test_a_private_batch_is_kept_while_its_gap_cannot_be_read(world: World) -> None:
    world.source.withheld = {1}
    world.feeds.available = False
    whisper(world.publisher, "link 1", "link 2")
    say(world.publisher, "1")
    world.relayed()
    with pytest.raises(FeedUnavailable):
        world.consumed(until=lambda: False)
    assert said(world.listener, SECRET) == []
    world.feeds.available = True
    world.consumed(until=lambda: "link 2" in said(world.listener, SECRET))


@having("bell")
def test_a_ring_cuts_the_wait_short(world: World) -> None:
    assert isinstance(world.pair, FeedPair)
    ring = threading.Timer(0.2, world.pair.bell.ring)
    ring.start()
    started = time.monotonic()
    world.consumer.step(10)
    assert time.monotonic() - started < 5
    ring.join()
