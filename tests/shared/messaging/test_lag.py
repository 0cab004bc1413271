"""How far a service's events have come, as an operator sees it."""

from datetime import timedelta

from sqlalchemy import select, update

from beraad.messaging.lag import Lag, lag_of
from beraad.messaging.topology import declare, depths
from beraad.perform import Store, Work, reading, transaction
from beraad.storage.tables import outbox, streams
from contracts.rig import PUBLIC, STREAMS, World, numbers, on_channel, say


def lag(store: Store[Work], read: tuple[str, ...] = ()) -> Lag:
    with reading(store) as work:
        return lag_of(work.session, store.service, read)


def test_nothing_has_come_anywhere_yet(store: Store[Work]) -> None:
    found = lag(store, (PUBLIC,))
    assert (found.waiting, found.published, found.queues) == (0, [], {})
    (read,) = found.read
    assert (read.position, read.known_position, read.known_at, read.parked) == (0, 0, None, 0)
    assert read.behind == "membership has not been heard of for 30 seconds"


def test_events_go_out_and_come_in(world: World) -> None:
    say(world.publisher, *numbers(1, 3))
    assert lag(world.publisher).waiting == 3
    world.relayed()
    world.hears(*numbers(1, 3))
    world.tell_watermark()
    found = lag(world.publisher)
    (out,) = found.published
    assert (found.waiting, out.stream, out.position, out.events) == (0, PUBLIC, 3, 3)
    assert out.oldest_at is not None

    def known() -> bool:
        return lag(world.listener, (PUBLIC,)).read[0].behind is None

    world.consumed(until=known)
    (read,) = lag(world.listener, (PUBLIC,)).read
    assert (read.position, read.known_position, read.parked, read.behind) == (3, 3, 0, None)


def test_what_no_relay_numbers_or_the_broker_does_not_take_is_stuck_after_a_minute(world: World) -> None:
    say(world.publisher, *numbers(1, 3))
    assert (lag(world.publisher).stuck, lag(world.publisher).current) == (None, True)
    written(world, minutes_ago=2)
    assert "no relay has numbered what was written since 20" in str(lag(world.publisher).stuck)
    world.relayed()
    assert lag(world.publisher).current
    with transaction(world.publisher) as work:
        work.session.execute(update(streams).values(confirmed=1))
        (out,) = lag_of(work.session, "membership", (), {}).published
        assert out.unsent_since == work.session.execute(select(outbox.c.written_at).limit(1)).scalar()
        assert "not taken what membership says" in str(lag_of(work.session, "membership", (), {}).stuck)
        assert lag_of(work.session, "membership", ()).stuck is None, "the feed needs no broker"


def written(world: World, *, minutes_ago: int) -> None:
    with transaction(world.publisher) as work:
        work.session.execute(update(outbox).values(written_at=work.now - timedelta(minutes=minutes_ago)))


def test_a_log_whose_beginning_was_archived_counts_from_there(world: World) -> None:
    say(world.publisher, *numbers(1, 5))
    world.relayed()
    with transaction(world.publisher) as work:
        work.session.execute(outbox.delete().where(outbox.c.position <= 2))
    (out,) = lag(world.publisher).published
    assert (out.position, out.events) == (5, 3)
    with transaction(world.publisher) as work:
        work.session.execute(outbox.delete())
    (out,) = lag(world.publisher).published
    assert (out.position, out.events, out.oldest_at) == (5, 0, None)


def test_what_is_parked_is_counted_by_stream(world: World) -> None:
    world.behavior.poison.add("2")
    say(world.publisher, *numbers(1, 3))
    world.relayed()
    world.consumed(until=lambda: lag(world.listener, (PUBLIC,)).read[0].position == 3)
    (read,) = lag(world.listener, (PUBLIC,)).read
    assert read.parked > 0
    assert read.behind == f"{read.parked} events of membership are parked"


def test_the_depth_of_each_queue_is_seen_and_a_missing_one_is_none(broker: str) -> None:
    assert set(depths(broker, "notifications", STREAMS).values()) == {None}
    declare(broker, "notifications", STREAMS)
    with on_channel(broker) as channel:
        channel.confirm_delivery()
        channel.basic_publish("beraad.events", "membership.person.registered.v1", b"")
    seen = depths(broker, "notifications", STREAMS)
    assert seen == {"notifications.dead": 0, "notifications.events": 1, "notifications.private": 0}
