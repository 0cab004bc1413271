"""One event comes ten thousand times, to several consumers at once, while its mail is sent: it is mailed once."""

import contextlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select

from beraad.messaging.consumer import TRANSIENT, Consumer
from beraad.messaging.cursors import read_cursor
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.sources import Batch, Cursors, Page
from beraad.perform import transaction
from beraad.storage.tables import parked
from beraad_notifications.mail.samples import SAMPLES
from notifications.vocabulary import MailRoom, states
from servers.smtp import SmtpSink
from worlds.world import World, WorldMaker

TIMES = 10_000
CONSUMERS = 3
Numbering = Callable[[Envelope, int], Envelope]


def as_a_broker_does(event: Envelope, _copy: int) -> Envelope:
    return event


def as_a_publisher_would_that_tells_it_again(event: Envelope, copy: int) -> Envelope:
    """The same event at a place of its own: no cursor tells that it is known."""
    return replace(event, position=copy)


@dataclass
class Repeating:
    """A source that hands over all copies, some at a time; and the feed that has them too."""

    copies: Sequence[Envelope]

    def __post_init__(self) -> None:
        self._left = iter(self.copies)
        self.empty = False

    def take(self, cursors: Cursors, limit: int, timeout: float) -> Batch:
        events = list(itertools.islice(self._left, limit))
        self.empty = not events
        return Batch(events)

    def settle(self, batch: Batch) -> None:
        pass

    def keep_alive(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        mine = [copy for copy in self.copies if copy.stream == stream]
        last = mine[-1].position if mine else 0
        return Page(mine[after : after + limit], Watermark(stream, epoch, last))


@pytest.mark.parametrize("numbered", [as_a_broker_does, as_a_publisher_would_that_tells_it_again])
def test_an_event_that_comes_ten_thousand_times_is_mailed_once(
    a_world: WorldMaker, smtp_sink: SmtpSink, numbered: Numbering
) -> None:
    world = a_world("notifications", on="postgresql", pool_size=10, smtp_url=smtp_sink.url)
    anna = world.person("Anna")
    event = replace(_a_task_for_anna(world, anna.person_id), position=1)
    copies = [numbered(event, copy) for copy in range(1, TIMES + 1)]
    failures: list[BaseException] = []
    threads = [threading.Thread(target=_consume, args=(world, copies, failures)) for _ in range(CONSUMERS)]
    for thread in threads:
        thread.start()
    room = MailRoom(world)
    while any(thread.is_alive() for thread in threads):
        room.works()
        threads[0].join(0.2)
    room.works()

    assert failures == []
    assert [mail.recipients for mail in smtp_sink.messages] == [(f"{anna.person_id.hex}@beraad.test",)]  # type: ignore[union-attr]
    assert states(world) == Counter(sent=1)
    assert len(world.published("notifications.delivery.accepted.v1")) == 1
    with transaction(world.store) as work:
        assert read_cursor(work.session, "deliberation").position == copies[-1].position
        assert work.session.execute(select(func.count()).select_from(parked)).scalar_one() == 0


def _a_task_for_anna(world: World, owner: object) -> Envelope:
    return world.envelope(
        "deliberation.task.assigned.v1", **{**SAMPLES["task_assigned"], "owner_id": owner, "revision": 1}
    )


def _consume(world: World, copies: Sequence[Envelope], failures: list[BaseException]) -> None:
    """Until nothing is left; what passes is tried again, as a worker does."""
    assert world.worker
    source = Repeating(copies)
    consumer = Consumer(world.store, world.worker.subscriptions, source, source)
    try:
        while not source.empty:
            with contextlib.suppress(*TRANSIENT):
                consumer.step(0)
    except BaseException as error:
        failures.append(error)
