"""What a batch becomes: contiguous, in order, without what was applied."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad.messaging.completing import STRETCH, Stretch, complete
from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import Watermark
from beraad.messaging.sources import Batch, FeedUnavailable, Page
from shared.messaging.test_envelope import an_envelope

PUBLIC, SECRET = "membership", "membership.private"


class Log:
    """A publisher's log, and its feed."""

    def __init__(
        self, length: int, epoch: int = 1, stream: str = PUBLIC, forgotten: Iterable[int] = ()
    ) -> None:
        self.epoch = epoch
        self.stream = stream
        self.events = [an_envelope(stream=stream, epoch=epoch, position=place + 1) for place in range(length)]
        self.forgotten = set(forgotten)
        self.available = True

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        if not self.available:
            raise FeedUnavailable("away")
        start = after if epoch == self.epoch else 0
        left = [event for event in self.events[start:] if event.position not in self.forgotten]
        return Page(left[:limit], Watermark(stream, self.epoch, len(self.events)))

    def batch(self, *positions: int, told: int | None = None) -> Batch:
        watermarks = [] if told is None else [Watermark(self.stream, self.epoch, told)]
        return Batch([self.events[position - 1] for position in positions], watermarks)

    def completed(self, batch: Batch, *, at: int = 0, epoch: int | None = None) -> Stretch:
        cursor = Cursor(self.stream, self.epoch if epoch is None else epoch, at)
        return complete(batch, {self.stream: cursor}, self)


def places(stretch: Stretch) -> list[int]:
    return [event.position for event in stretch.events]


@given(st.integers(0, 30), st.lists(st.integers(1, 30), max_size=40), st.none() | st.integers(0, 30))
def test_whatever_comes_in_whatever_order_the_stretch_has_no_gap(
    at: int, came: list[int], told: int | None
) -> None:
    log = Log(30)
    stretch = log.completed(log.batch(*came, told=told), at=at)
    assert places(stretch) == list(range(at + 1, max([at, told or 0, *came]) + 1))
    assert stretch.complete


def test_a_long_gap_is_filled_a_stretch_at_a_time() -> None:
    log = Log(STRETCH * 2 + 10)
    batch = log.batch(STRETCH * 2 + 10)
    first = log.completed(batch)
    assert (len(first.events), first.complete) == (STRETCH, False)
    second = log.completed(batch, at=STRETCH)
    assert (len(second.events), second.complete) == (STRETCH, False)
    assert places(log.completed(batch, at=2 * STRETCH))[-1] == 2 * STRETCH + 10


def test_events_of_streams_nobody_reads_here_are_passed_over() -> None:
    log = Log(3)
    batch = Batch([an_envelope(stream="deliberation")], [Watermark("deliberation", 1, 5)])
    assert log.completed(batch) == Stretch(began={PUBLIC: (1, 0)})


@pytest.mark.parametrize("told", [None, 4])
def test_a_later_epoch_ends_the_batch_until_what_is_kept_is_made_anew(told: int | None) -> None:
    log = Log(4, epoch=2)
    came = Batch([an_envelope(epoch=1, position=10)], log.batch(told=told).watermarks)
    came.events += [log.events[3]] if told is None else []
    stretch = log.completed(came, at=9, epoch=1)
    assert (places(stretch), stretch.renewed) == ([10], {PUBLIC})
    assert "restored from a backup" in stretch.doubts[PUBLIC]


def test_a_gap_in_an_epoch_that_is_over_shows_the_later_one() -> None:
    log = Log(4, epoch=2)
    stretch = log.completed(Batch([an_envelope(epoch=1, position=9)]), at=5, epoch=1)
    assert (places(stretch), stretch.renewed) == ([], {PUBLIC})


def test_of_a_stream_nothing_was_applied_of_any_epoch_is_the_first() -> None:
    log = Log(4, epoch=2)
    assert places(log.completed(log.batch(4), epoch=0)) == [1, 2, 3, 4]


def test_a_private_stream_goes_on_with_what_the_later_epoch_has() -> None:
    log = Log(4, epoch=2, stream=SECRET, forgotten=[1, 2])
    stretch = log.completed(log.batch(4), at=9, epoch=1)
    assert (places(stretch), stretch.renewed) == ([3, 4], set())


def test_a_publisher_that_has_less_than_was_applied_is_doubted() -> None:
    log = Log(3)
    stretch = log.completed(log.batch(told=3), at=5)
    assert "ends at 1:3 and was applied up to 5" in stretch.doubts[PUBLIC]


def test_a_watermark_that_comes_late_raises_no_doubt() -> None:
    log = Log(6)
    assert log.completed(log.batch(told=3), at=5).doubts == {}


def test_what_a_private_feed_forgot_is_passed_over() -> None:
    log = Log(6, stream=SECRET, forgotten=range(1, 5))
    stretch = log.completed(log.batch(told=6), at=2)
    assert (places(stretch), stretch.reached) == ([5, 6], [])
    log.forgotten = set(range(1, 7))
    assert log.completed(log.batch(told=6), at=2).reached == [Watermark(SECRET, 1, 6)]


@pytest.mark.parametrize("stream", [PUBLIC, SECRET])
def test_a_feed_that_is_away_lets_through_what_comes_before_the_gap(stream: str) -> None:
    log = Log(6, stream=stream)
    log.available = False
    stretch = log.completed(log.batch(1, 2, 5))
    assert places(stretch) == [1, 2]
    assert (stretch.unavailable is not None) == (stream == SECRET)
    assert stretch.watermarks == ([Watermark(PUBLIC, 1, 5)] if stream == PUBLIC else [])


def test_a_feed_that_is_away_when_only_a_watermark_came_changes_nothing() -> None:
    log = Log(6)
    log.available = False
    assert log.completed(log.batch(told=6)).watermarks == [Watermark(PUBLIC, 1, 6)]


def test_a_feed_shorter_than_what_we_were_told_is_not_believed() -> None:
    log = Log(3)
    stretch = log.completed(Batch([an_envelope(position=9)], []))
    assert places(stretch) == [1, 2, 3] or places(stretch) == []
    assert stretch.watermarks == [Watermark(PUBLIC, 1, 9)]
