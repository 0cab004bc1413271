"""What is kept is made anew from the log, while everything runs, and nothing is acted on twice."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, delete, event, insert, update

from beraad.messaging.applying import Applier
from beraad.messaging.completing import complete
from beraad.messaging.consumer import Consumer
from beraad.messaging.cursors import Cursor, known_revision, read_cursor, read_cursors, why_behind
from beraad.messaging.envelope import Watermark
from beraad.messaging.outbox import events_after, number_batch, stream_state
from beraad.messaging.progress import CursorWentBack
from beraad.messaging.rebuild import NoRoom, Rebuild, Rebuilt
from beraad.messaging.sources import Batch, FeedUnavailable
from beraad.perform import WORKER, reading, transaction
from beraad.storage.engine import open_scratch
from beraad.storage.tables import cursors
from contracts.rig import (
    ANNA,
    BRAM,
    PUBLIC,
    STREAMS,
    World,
    kept,
    known,
    numbers,
    parked_rows,
    restored,
    said,
    say,
    subscriptions_for,
    writing,
)
from servers.processes import wait_until

SUBJECT = f"people/{ANNA}"


def rebuild(world: World, meanwhile: object = None) -> Rebuild:
    subscription = subscriptions_for(world.behavior)[0]
    calls = iter([meanwhile])

    def keep_alive() -> None:
        if (once := next(calls, None)) is not None:
            once()  # type: ignore[operator]

    return Rebuild(world.listener, subscription, world.feeds, keep_alive)


def differing(found: Rebuilt) -> dict[str, int]:
    return {table.table: table.differing for table in found.tables}


def cursor(world: World) -> Cursor:
    with reading(world.listener) as work:
        return read_cursor(work.session, PUBLIC)


def heard_ten(world: World) -> None:
    say(world.publisher, *numbers(1, 5))
    say(world.publisher, *numbers(6, 10), person=BRAM)
    world.relayed()
    world.hears(*numbers(1, 10))
    assert kept(world.listener) == {ANNA: (5, "5"), BRAM: (5, "10")}


def damage(world: World) -> None:
    """One row is lost, one wrong."""
    with world.listener.engine.begin() as connection:
        connection.execute(delete(known).where(known.c.person_id == ANNA))
        connection.execute(update(known).values(said="never said"))


def test_what_was_lost_and_falsified_is_as_it_was_and_nothing_is_done_again(world: World) -> None:
    heard_ten(world)
    damage(world)
    found = rebuild(world).run()
    assert (found.stream, found.epoch, found.position) == (PUBLIC, 1, 10)
    assert differing(found) == {"known": 2, "known_revisions": 0}
    assert kept(world.listener) == {ANNA: (5, "5"), BRAM: (5, "10")}
    say(world.publisher, "11")
    world.relayed()
    world.hears(*numbers(1, 11))
    assert kept(world.listener)[ANNA] == (6, "11")


def test_a_comparison_tells_what_differs_and_changes_nothing(world: World) -> None:
    heard_ten(world)
    assert rebuild(world).compare().differing == 0
    damage(world)
    before = kept(world.listener)
    found = rebuild(world).compare()
    assert differing(found) == {"known": 2, "known_revisions": 0}
    assert [(table.before, table.after) for table in found.tables] == [(1, 2), (2, 2)]
    assert kept(world.listener) == before


def test_a_comparison_on_a_living_system_is_of_one_moment(world: World) -> None:
    with world.at_work(), writing(world.publisher, every=0.005) as writer:
        for _ in range(5):
            assert wait_until(lambda: len(said(world.listener)) >= 20, within=20)
            found = rebuild(world).compare()
            assert (found.position > 0, found.differing) == (True, 0)
        writer.stop()


def test_what_is_put_back_while_it_is_compared_is_compared_anew(world: World) -> None:
    heard_ten(world)
    damage(world)

    def meanwhile() -> None:
        say(world.publisher, *numbers(11, 12))
        world.relayed()
        world.consumed(until=lambda: len(said(world.listener)) == 12)
        with world.listener.engine.begin() as connection:
            connection.execute(update(cursors).values(position=7))

    found = rebuild(world, meanwhile).compare()
    assert (found.position, found.differing > 0) == (7, True)


@pytest.mark.parametrize("doing", [Rebuild.run, Rebuild.compare])
def test_a_log_that_has_no_room_beside_the_database_changes_nothing_and_names_the_folder(
    world: World, doing: Callable[[Rebuild], Rebuilt], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [uuid4() for _ in range(200)]
    for person in people:
        say(world.publisher, "here", person=person)
    world.relayed()
    world.consumed(until=lambda: len(said(world.listener)) == 200)
    before = kept(world.listener)
    monkeypatch.setattr("beraad.messaging.rebuild.open_scratch", crowded)
    with pytest.raises(NoRoom, match=r"membership does not fit .*TMPDIR.*full"):
        doing(rebuild(world))
    restored(world, to=180)
    world.tell_watermark()
    world.consumer.step(1)
    assert kept(world.listener) == before
    monkeypatch.undo()
    world.tell_watermark()
    world.consumer.step(1)
    assert kept(world.listener) == before, "not again at once"
    world.consumer._no_room_until.clear()
    world.tell_watermark()
    world.consumed(until=lambda: cursor(world).position == 180)
    assert kept(world.listener) == dict.fromkeys(people[:180], (1, "here"))


def crowded() -> Engine:
    """With room for its tables and no more."""
    engine = open_scratch()

    @event.listens_for(engine, "before_cursor_execute")
    def fill(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO cursors"):
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

    return engine


def test_rows_that_no_event_tells_of_are_removed(world: World) -> None:
    with world.listener.engine.begin() as connection:
        connection.execute(insert(known).values(person_id=ANNA, times=3, said="never said"))
    assert differing(rebuild(world).run()) == {"known": 1, "known_revisions": 0}
    assert kept(world.listener) == {}


def test_what_the_consumer_applies_meanwhile_is_read_too_and_nothing_right_is_taken_back(
    world: World,
) -> None:
    heard_ten(world)
    damage(world)

    def meanwhile() -> None:
        say(world.publisher, *numbers(11, 15))
        world.relayed()
        world.consumed(until=lambda: len(said(world.listener)) == 15)

    found = rebuild(world, meanwhile).run()
    assert (found.position, differing(found)) == (15, {"known": 2, "known_revisions": 0})
    assert (cursor(world).position, kept(world.listener)) == (15, {ANNA: (10, "15"), BRAM: (5, "10")})


def test_what_the_consumer_applies_while_nobody_reads_on_is_kept_once_more_and_done_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beraad.messaging.rebuild.CLOSER", 0)
    heard_ten(world)

    def meanwhile() -> None:
        say(world.publisher, *numbers(11, 15))
        world.relayed()
        world.consumed(until=lambda: len(said(world.listener)) == 15)

    rebuild(world, meanwhile).run()
    assert (cursor(world).position, cursor(world).again_through) == (10, 15)
    assert kept(world.listener)[ANNA] == (5, "5")
    say(world.publisher, "16")
    world.relayed()
    world.hears(*numbers(1, 16))
    assert kept(world.listener) == {ANNA: (11, "16"), BRAM: (5, "10")}


def test_a_batch_completed_before_the_cursor_was_put_back_is_completed_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beraad.messaging.rebuild.CLOSER", 0)
    say(world.publisher, *numbers(1, 6))
    world.relayed()
    world.consumed(until=lambda: len(said(world.listener)) == 6)
    stretches = []

    def meanwhile() -> None:
        say(world.publisher, "7", "8", "poison")
        world.relayed()
        world.consumed(until=lambda: len(said(world.listener)) == 9)
        say(world.publisher, "10")
        world.relayed()
        with reading(world.listener) as work:
            there = read_cursors(work.session, STREAMS)
        stretches.append(complete(Batch(watermarks=[Watermark(PUBLIC, 1, 10)]), there, world.feeds))

    rebuild(world, meanwhile).run()
    applier = Applier(world.listener, subscriptions_for(world.behavior))
    with pytest.raises(CursorWentBack):
        applier.apply(stretches[0])
    world.behavior.poison = {"10"}  # one by one it is refused as well
    with pytest.raises(CursorWentBack):
        applier.apply(stretches[0])
    world.behavior.poison = set()
    world.hears(*numbers(1, 8), "poison", "10")
    assert kept(world.listener) == {ANNA: (10, "10")}


def test_while_people_write_and_the_consumer_works_each_is_kept_and_done_once(world: World) -> None:
    with world.at_work(), writing(world.publisher, every=0.005) as writer:
        for _ in range(5):
            assert wait_until(lambda: len(said(world.listener)) >= 20, within=20)
            rebuild(world).run()
        count = writer.stop()
        assert wait_until(lambda: len(said(world.listener)) >= count and settled(world, count), within=30)
    assert said(world.listener) == numbers(1, count)
    assert kept(world.listener) == {ANNA: (count, f"{count}")}


def settled(world: World, count: int) -> bool:
    world.relay._watermark_at = 0.0
    return cursor(world).position == count


def test_whoever_reads_a_long_log_tells_that_it_lives(world: World) -> None:
    beats: list[int] = []
    subscriptions = subscriptions_for(world.behavior)
    consumer = Consumer(world.listener, subscriptions, world.source, world.feeds, lambda: beats.append(1))
    say(world.publisher, *numbers(1, 1200))
    while world.relay._number():
        pass
    assert consumer.apply(Batch(watermarks=[Watermark(PUBLIC, 1, 1200)])) == 1200
    assert len(beats) == 2, "after each stretch but the last"
    restored(world, to=1200)
    with reading(world.publisher) as work:
        epoch = stream_state(work.session, PUBLIC).epoch
    consumer.apply(Batch(watermarks=[Watermark(PUBLIC, epoch, 1200)]))
    assert len(beats) >= 5, "a rebuild too"


def test_while_the_feed_is_away_nothing_is_changed(world: World) -> None:
    heard_ten(world)
    damage(world)
    before = kept(world.listener)
    world.feeds.available = False
    with pytest.raises(FeedUnavailable):
        rebuild(world).run()
    assert kept(world.listener) == before


def test_a_feed_that_goes_away_in_the_middle_changes_nothing(world: World) -> None:
    say(world.publisher, *numbers(1, 600))
    world.relayed()
    world.consumed(until=lambda: len(said(world.listener)) == 600)

    def meanwhile() -> None:
        world.feeds.available = False

    with pytest.raises(FeedUnavailable, match="ends at 1:500"):
        rebuild(world, meanwhile).run()
    assert kept(world.listener) == {ANNA: (600, "600")}


def test_a_new_listener_begins_at_the_beginning_and_is_rebuilt_to_the_same(world: World) -> None:
    heard_ten(world)
    with world.listener.engine.begin() as connection:
        for table in ("cursors", "known", "known_revisions"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    world.tell_watermark()
    world.consumed(until=lambda: len(said(world.listener)) == 20)
    assert kept(world.listener) == {ANNA: (5, "5"), BRAM: (5, "10")}
    assert rebuild(world).compare().differing == 0


def test_a_parked_event_that_can_be_applied_now_is_acted_on_once(world: World) -> None:
    world.behavior.unkeepable = {"2"}
    say(world.publisher, *numbers(1, 3))
    say(world.publisher, "4", person=BRAM)
    world.relayed()
    world.hears("1", "4")
    world.behavior.unkeepable = set()
    rebuild(world).run()
    assert parked_rows(world.listener) == []
    assert said(world.listener) == ["1", "4", "2", "3"]
    assert kept(world.listener) == {ANNA: (3, "3"), BRAM: (1, "4")}
    with reading(world.listener) as work:
        assert known_revision(work.session, PUBLIC, SUBJECT) == 1


def test_a_parked_event_that_cannot_be_acted_on_yet_stays_with_its_aggregate(world: World) -> None:
    world.behavior.poison = {"2"}
    say(world.publisher, *numbers(1, 3))
    world.relayed()
    world.consumed(until=lambda: len(parked_rows(world.listener)) == 2)
    rebuild(world).run()
    assert [(row.position, row.acted) for row in parked_rows(world.listener)] == [(2, False), (3, False)]
    world.behavior.poison = set()
    assert world.consumer.replay(PUBLIC, SUBJECT) == 2
    assert said(world.listener) == numbers(1, 3)


def test_what_a_rebuild_cannot_keep_is_parked_and_replayed_without_being_done_again(world: World) -> None:
    heard_ten(world)
    world.behavior.unkeepable = {"3"}
    rebuild(world).run()
    assert [(row.position, row.acted) for row in parked_rows(world.listener)] == [
        (3, True),
        (4, True),
        (5, True),
    ]
    assert kept(world.listener) == {ANNA: (2, "2"), BRAM: (5, "10")}
    world.behavior.unkeepable = set()
    assert world.consumer.replay(PUBLIC, SUBJECT) == 3
    assert kept(world.listener) == {ANNA: (5, "5"), BRAM: (5, "10")}
    assert said(world.listener) == numbers(1, 10)


# -- a publisher restored from a backup -----------------------------------------------------------------------------


def test_of_a_restored_publisher_the_shared_past_is_kept_anew_and_the_rest_is_new(world: World) -> None:
    heard_ten(world)
    restored(world, to=7)
    say(world.publisher, "other 8", "other 9")
    world.relayed()
    world.hears(*numbers(1, 10), "other 8", "other 9")
    assert kept(world.listener) == {ANNA: (7, "other 9"), BRAM: (2, "7")}
    assert rebuild(world).compare().differing == 0


def test_a_restored_publisher_that_says_nothing_new_is_followed_too(world: World) -> None:
    heard_ten(world)
    restored(world, to=7)
    world.tell_watermark()
    world.consumed(until=lambda: cursor(world).position == 7)
    assert kept(world.listener) == {ANNA: (5, "5"), BRAM: (2, "7")}
    assert said(world.listener) == numbers(1, 10)


def test_restored_twice_the_past_is_what_both_share(world: World) -> None:
    heard_ten(world)
    world.feeds.available = False
    restored(world, to=4)
    say(world.publisher, *[f"second {number}" for number in range(5, 10)])
    world.relayed()
    restored(world, to=8)
    say(world.publisher, "third 9")
    world.relayed()
    world.consumer.step(0.2)
    world.feeds.available = True
    world.tell_watermark()
    world.hears(*numbers(1, 10), *[f"second {number}" for number in range(5, 9)], "third 9")
    assert kept(world.listener) == {ANNA: (9, "third 9")}


def number(world: World) -> None:
    """Without sending: nobody hears of it yet."""
    with transaction(world.publisher, WORKER) as work:
        number_batch(work.session, 100)


def test_a_new_listener_that_hears_a_last_word_of_an_earlier_epoch_begins_with_the_later_one(
    world: World,
) -> None:
    """What is in both logs is acted on like everything else; what was lost before anybody heard it never happened."""
    say(world.publisher, *numbers(1, 10))
    number(world)
    with reading(world.publisher) as work:
        last_word = list(events_after(work.session, PUBLIC, 9, 1))
    restored(world, to=7)
    say(world.publisher, "other 8", "other 9")
    number(world)
    assert world.consumer.apply(Batch(last_word)) == 0
    world.relayed()
    world.tell_watermark()
    world.hears(*numbers(1, 7), "other 8", "other 9")
    assert (cursor(world).epoch > 1, cursor(world).position) == (True, 9)
    assert rebuild(world).compare().differing == 0


def test_while_a_restored_publisher_cannot_be_read_the_service_says_so(world: World) -> None:
    heard_ten(world)
    restored(world, to=7)
    world.feeds.available = False
    say(world.publisher, "other 8")
    world.relayed()
    world.consumed(until=lambda: cursor(world).doubt is not None)
    with reading(world.listener) as work:
        assert "restored from a backup" in str(why_behind(work.session, PUBLIC))
    world.feeds.available = True
    world.tell_watermark()
    world.hears(*numbers(1, 10), "other 8")
    assert cursor(world).doubt is None


def test_a_publisher_restored_without_telling_is_noticed_and_what_it_said_since_is_not_lost(
    world: World,
) -> None:
    heard_ten(world)
    restored(world, to=7, tell=False)
    say(world.publisher, "other 8")
    world.relayed()
    world.tell_watermark()
    world.consumed(until=lambda: cursor(world).doubt is not None)
    with reading(world.listener) as work:
        assert "ends at 1:8 and was applied up to 10" in str(why_behind(work.session, PUBLIC))
    restored(world, to=8, shared=7)
    world.tell_watermark()
    world.hears(*numbers(1, 10), "other 8")
    assert kept(world.listener) == {ANNA: (6, "other 8"), BRAM: (2, "7")}
    assert cursor(world).doubt is None
