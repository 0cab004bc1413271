"""What the feed's source reads, and when: with a mark only who rang, without one everybody."""

from datetime import UTC, datetime
from time import monotonic

from beraad.contracts import PUBLISHERS
from beraad.identifiers import new_id
from beraad.messaging.bell import Bell, PipeBell
from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.feed import FeedClient, FeedSource
from beraad.messaging.sources import FeedUnavailable, Page
from servers.processes import wait_until

STREAMS = ("membership", "membership.private", "meetings")


def nowhere() -> dict[str, Cursor]:
    return {stream: Cursor(stream, 1, 0) for stream in STREAMS}


class Feeds(FeedClient):
    def __init__(self) -> None:
        super().__init__("deliberation", "key", {})
        self.asked: list[str] = []
        self.away: set[str] = set()
        self.events: dict[str, list[Envelope]] = {}

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        self.asked.append(stream)
        if stream in self.away:
            raise FeedUnavailable(stream)
        events = [event for event in self.events.get(stream, []) if event.position > after]
        return Page(events[:limit], Watermark(stream, 1, len(self.events.get(stream, []))))

    def asked_since(self) -> list[str]:
        asked, self.asked = self.asked, []
        return asked


def an_event(stream: str, position: int) -> Envelope:
    return Envelope(
        id=new_id(),
        stream=stream,
        type="t",
        subject="s/1",
        time=datetime.now(UTC),
        epoch=1,
        position=position,
        data={},
    )


def test_only_the_publisher_that_rang_is_read_between_looks_around() -> None:
    feeds, bell, pipe = Feeds(), Bell(), PipeBell()
    source = FeedSource(feeds, STREAMS, bell, look_around_every=60)
    pipe.listen(bell)
    source.take(nowhere, 50, 0.01)
    assert feeds.asked_since() == list(STREAMS)
    source.take(nowhere, 50, 0.01)
    assert feeds.asked_since() == []

    pipe.marked(PUBLISHERS.index("membership")).ring()
    assert wait_until(lambda: bell.rings == 1, within=5)
    source.take(nowhere, 50, 0.01)
    assert feeds.asked_since() == ["membership", "membership.private"]


def test_a_feed_is_read_again_only_while_it_has_more() -> None:
    feeds, bell = Feeds(), Bell()
    source = FeedSource(feeds, STREAMS, bell, look_around_every=60)
    feeds.events["meetings"] = [an_event("meetings", position) for position in (1, 2, 3)]
    assert len(source.take(nowhere, 2, 0.01).events) == 2
    feeds.asked_since()
    further = {**nowhere(), "meetings": Cursor("meetings", 1, 2)}
    assert len(source.take(lambda: further, 2, 0.01).events) == 1
    assert feeds.asked_since() == ["meetings"]
    further["meetings"] = Cursor("meetings", 1, 3)
    source.take(lambda: further, 2, 0.01)
    assert feeds.asked_since() == []


def test_a_feed_that_did_not_answer_is_asked_again_soon() -> None:
    feeds = Feeds()
    source = FeedSource(feeds, STREAMS, Bell(), look_around_every=60)
    feeds.away = {"meetings"}
    began = monotonic()
    source.take(nowhere, 50, 10)
    assert monotonic() - began < 2
    feeds.away.clear()
    feeds.asked_since()
    source.take(nowhere, 50, 0.01)
    assert feeds.asked_since() == ["meetings"]


def test_where_nobody_has_a_mark_every_feed_is_read_every_time() -> None:
    feeds = Feeds()
    source = FeedSource(feeds, STREAMS, Bell())
    for _ in range(2):
        source.take(nowhere, 50, 0.01)
        assert feeds.asked_since() == list(STREAMS)


def test_each_stream_is_heard_of_whatever_was_just_told_of_another() -> None:
    feeds, bell, pipe = Feeds(), Bell(), PipeBell()
    source = FeedSource(feeds, STREAMS, bell, look_around_every=0.2)
    pipe.listen(bell)
    told = {mark.stream for mark in source.take(nowhere, 50, 0.01).watermarks}
    assert told == set(STREAMS)
    assert source.take(nowhere, 50, 0.01).watermarks == []

    source = FeedSource(feeds, STREAMS, bell, look_around_every=0.2)
    source._look_around_at = monotonic() + 0.2
    pipe.marked(PUBLISHERS.index("meetings")).ring()
    assert wait_until(lambda: bell.rings == 1, within=5)
    assert [mark.stream for mark in source.take(nowhere, 50, 10).watermarks] == ["meetings"]
    told = {mark.stream for mark in source.take(nowhere, 50, 10).watermarks}
    assert told == {"membership", "membership.private"}
