import json
from collections.abc import Iterator, Sequence
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, select
from structlog.testing import capture_logs

from beraad.messaging.bell import Bell, PipeBell
from beraad.messaging.envelope import Addressed, Watermark
from beraad.messaging.outbox import backlog, confirm, events_after, number_batch, stream_state
from beraad.messaging.relay import BATCH, Refused, Relay, TransportDown, Unroutable
from beraad.perform import Store, Work, reading, transaction
from beraad.storage.tables import outbox, streams
from contracts.rig import PUBLIC, SECRET, numbers, say, whisper


class Recorder:
    """A transport that notes what it is given, and fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[Addressed] = []
        self.watermarks: list[Watermark] = []
        self.failures: dict[str, Exception] = {}
        self.closed = False

    def send(self, events: Sequence[Addressed]) -> None:
        if failure := self.failures.get(events[0].stream):
            raise failure
        self.sent.extend(events)

    def send_watermark(self, watermark: Watermark) -> None:
        self.watermarks.append(watermark)

    def close(self) -> None:
        self.closed = True

    def words(self) -> list[str]:
        told = (json.loads(event.body()) for event in self.sent)
        return [data.get("name") or data["link"] for data in told]


@pytest.fixture
def publisher(stores: dict[str, Store[Work]]) -> Store[Work]:
    return stores["membership"]


@pytest.fixture
def transport() -> Recorder:
    return Recorder()


@pytest.fixture
def relay(publisher: Store[Work], transport: Recorder) -> Iterator[Relay]:
    made = Relay(publisher, transport)
    yield made
    made.close()


def positions(store: Store[Work], stream: str = PUBLIC) -> list[int | None]:
    with reading(store) as work:
        query = select(outbox.c.position).where(outbox.c.stream == stream).order_by(outbox.c.row_id)
        return list(work.session.execute(query).scalars())


def test_each_stream_is_numbered_from_one_without_holes(publisher: Store[Work]) -> None:
    for number in numbers(1, 3):
        say(publisher, number)
        whisper(publisher, number)
    with transaction(publisher) as work:
        assert number_batch(work.session, 4) == 4
    with transaction(publisher) as work:
        assert number_batch(work.session, 4) == 2
        assert number_batch(work.session, 4) == 0
    assert positions(publisher) == positions(publisher, SECRET) == [1, 2, 3]
    with reading(publisher) as work:
        assert stream_state(work.session, PUBLIC).position == 3
        assert stream_state(work.session, "nobody").position == 0


def test_a_stream_that_comes_into_use_while_another_is_numbered_waits_for_the_next_time(
    publisher: Store[Work],
) -> None:
    waits = 0.1 if publisher.engine.dialect.name == "sqlite" else 5  # on SQLite they write when we have
    whisper(publisher, "1")
    with transaction(publisher) as work:
        assert number_batch(work.session, 9) == 1
    say(publisher, "1")
    meanwhile, others = iter(["2"]), []

    def another_commits(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for sentence in meanwhile if "DISTINCT" in statement else ():
            for tell in (say, whisper):  # each in a thread, else it would be part of this transaction
                others.append(Thread(target=tell, args=(publisher, sentence)))
                others[-1].start()
                others[-1].join(waits)

    event.listen(publisher.engine, "after_cursor_execute", another_commits)
    try:
        with transaction(publisher) as work:
            number_batch(work.session, 9)
    finally:
        event.remove(publisher.engine, "after_cursor_execute", another_commits)
    for other in others:
        other.join(10)
    whisper(publisher, "3")
    with transaction(publisher) as work:
        number_batch(work.session, 9)
    assert positions(publisher) == [1, 2]
    assert positions(publisher, SECRET) == [1, 2, 3]


def regret(store: Store[Work]) -> None:
    with transaction(store):
        say(store, "never")
        raise ZeroDivisionError


def test_what_was_rolled_back_leaves_no_hole(
    publisher: Store[Work], relay: Relay, transport: Recorder
) -> None:
    say(publisher, "1")
    with pytest.raises(ZeroDivisionError):
        regret(publisher)
    say(publisher, "2")
    relay.step()
    assert transport.words() == ["1", "2"]
    assert positions(publisher) == [1, 2]


def test_what_is_unconfirmed_is_sent_again_in_the_same_order(
    publisher: Store[Work], relay: Relay, transport: Recorder
) -> None:
    say(publisher, *numbers(1, 3))
    transport.failures[PUBLIC] = TransportDown("away")
    for _ in range(2):
        with pytest.raises(TransportDown):
            relay.step()
    transport.failures.clear()
    assert relay.step() == 3
    assert relay.step() == 0
    assert transport.words() == numbers(1, 3)


def test_a_stream_without_a_queue_holds_up_no_other(
    publisher: Store[Work], relay: Relay, transport: Recorder
) -> None:
    transport.failures[SECRET] = Unroutable("nobody")
    whisper(publisher, "link")
    say(publisher, "1")
    with capture_logs() as logs:
        relay.step()
        relay.step()
    assert transport.words() == ["1"]
    assert [entry["event"] for entry in logs] == ["unroutable"]
    assert Watermark(PUBLIC, 1, 1) in transport.watermarks
    transport.failures.clear()
    relay._unroutable.clear()
    relay.step()
    assert transport.words() == ["1", "link"]


@pytest.mark.parametrize(("stream", "tried"), [(PUBLIC, 3), (SECRET, None)])
def test_a_queue_that_refuses_delays_a_public_stream_and_holds_up_no_other(
    publisher: Store[Work],
    relay: Relay,
    transport: Recorder,
    stream: str,
    tried: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a stranger's full queue refuses is in the feed; a private word is nowhere else."""
    monkeypatch.setattr("beraad.messaging.relay.UNROUTABLE_AGAIN", 0.0)
    transport.failures[stream] = Refused("full")
    say(publisher, "1", "2")
    whisper(publisher, "a", "b")
    confirmed: list[int] = []
    for _ in range(5):
        relay.step()
        with reading(publisher) as work:
            confirmed.append(stream_state(work.session, stream).confirmed)
            other = SECRET if stream == PUBLIC else PUBLIC
            assert stream_state(work.session, other).confirmed == 2
    assert confirmed == ([0] * 5 if tried is None else [0] * (tried - 1) + [2] * (6 - tried))
    say(publisher, "3")
    relay.step()
    with reading(publisher) as work:
        assert stream_state(work.session, PUBLIC).confirmed == 3
    assert transport.watermarks


def test_the_watermark_is_told_under_load_and_never_further_than_what_was_sent(
    publisher: Store[Work], relay: Relay, transport: Recorder
) -> None:
    say(publisher, *numbers(1, BATCH + 100))
    relay.step()
    assert transport.watermarks == [Watermark(PUBLIC, 1, BATCH), Watermark(SECRET, 1, 0)]
    relay.step()
    assert len(transport.watermarks) == 2, "not at every step"


def test_of_two_relays_one_stands_by(publisher: Store[Work], relay: Relay) -> None:
    standby = Relay(publisher, Recorder())
    say(publisher, "1")
    assert relay.step()
    say(publisher, "2")
    assert standby.step() == 0
    relay.close()
    assert standby.step()
    standby.close()


def test_with_the_feed_numbering_is_all_and_the_listeners_are_rung(publisher: Store[Work]) -> None:
    bell = Bell()
    pipe = PipeBell()
    pipe.listen(bell)
    relay = Relay(publisher, None, [pipe])
    heard = bell.rings
    say(publisher, "1")
    assert relay.step() == 1
    assert bell.wait(5, heard)
    assert relay.step() == 0
    relay.close()
    with reading(publisher) as work:
        assert backlog(work.session) == 0
        assert [event.data["name"] for event in events_after(work.session, PUBLIC, 0, 10)] == ["1"]


def test_the_log_can_be_read_by_type(publisher: Store[Work], relay: Relay) -> None:
    say(publisher, "1")
    relay.step()
    with reading(publisher) as work:
        assert events_after(work.session, PUBLIC, 0, 10, ("membership.person.updated.v1",))
        assert not events_after(work.session, PUBLIC, 0, 10, ("membership.person.erased.v1",))


def test_confirming_never_goes_back(publisher: Store[Work], relay: Relay) -> None:
    say(publisher, "1", "2")
    relay.step()
    with transaction(publisher) as work:
        confirm(work.session, PUBLIC, 1)
        assert (
            work.session.execute(select(streams.c.confirmed).where(streams.c.stream == PUBLIC)).scalar() == 2
        )


def test_a_private_body_is_null_in_the_table_once_confirmed(publisher: Store[Work], relay: Relay) -> None:
    whisper(publisher, "link")
    relay.step()
    with publisher.engine.connect() as connection:
        rows: Any = connection.exec_driver_sql("SELECT body IS NULL FROM outbox").scalars().all()
    assert [bool(row) for row in rows] == [True]
