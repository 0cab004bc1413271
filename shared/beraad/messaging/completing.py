"""Completing a batch: without what was applied already, with what was withheld, read from the publisher's feed.

A long gap is filled a stretch at a time, so that neither memory nor a transaction grows with it.

Where a feed does not answer, a public stream's events behind the gap are left out: the feed has them too, and the
next event or watermark shows the gap again, so no other stream has to wait. A private stream's batch is kept:
the feed may have forgotten it.

Where a public stream goes on in a later epoch, the batch ends there (`Stretch.renewed`): what is kept of it must be
made anew first. A private stream goes on with what the later epoch still has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import PRIVATE_SUFFIX, Envelope, Watermark
from beraad.messaging.sources import Batch, Feeds, FeedUnavailable

STRETCH = 500
log = structlog.get_logger()
Place = tuple[int, int]
Places = Mapping[str, Place]


@dataclass
class Stretch:
    """What of a batch can be applied now, in stream order."""

    events: list[Envelope] = field(default_factory=list)
    watermarks: list[Watermark] = field(default_factory=list)
    reached: list[Watermark] = field(default_factory=list)
    """Places up to which the publisher's own log has nothing (more) to tell."""
    complete: bool = True
    """False when the gap goes on: apply this, then complete the same batch again."""
    unavailable: FeedUnavailable | None = None
    """The batch must be kept until this feed answers."""
    began: Places = field(default_factory=dict)
    """Where the cursors stood that this was completed for."""
    renewed: set[str] = field(default_factory=set)
    """Public streams that go on in a later epoch."""
    doubts: dict[str, str] = field(default_factory=dict)
    """Streams that were applied further than their publisher's log now goes, each with that said in words."""


def complete(batch: Batch, cursors: Mapping[str, Cursor], feeds: Feeds) -> Stretch:
    """What can be applied of the batch, for the streams these cursors know."""
    began = {stream: cursor.place for stream, cursor in cursors.items()}
    stretch = Stretch(watermarks=[mark for mark in batch.watermarks if mark.stream in cursors], began=began)
    for stream, cursor in cursors.items():
        events = sorted((e for e in batch.events if e.stream == stream), key=lambda event: event.place)
        marks = [mark.place for mark in stretch.watermarks if mark.stream == stream]
        try:
            _Filling(stretch, feeds, cursor).fill(events, marks)
        except FeedUnavailable as error:
            _postpone(stretch, stream, events, error)
    return stretch


def _postpone(stretch: Stretch, stream: str, events: list[Envelope], error: FeedUnavailable) -> None:
    log.warning("feed_unavailable", stream=stream, error=str(error))
    if stream.endswith(PRIVATE_SUFFIX):
        stretch.unavailable = error
    elif events:
        stretch.watermarks.append(Watermark(stream, events[-1].epoch, events[-1].position))


class _StretchIsFull(Exception):
    """Apply what there is first."""


class _Renewed(Exception):
    """The stream goes on in a later epoch."""


class _BeginsLater(Exception):
    """Nothing was applied of the stream yet, and its log has begun a later epoch: that is where we begin."""

    def __init__(self, epoch: int) -> None:
        super().__init__(epoch)
        self.epoch = epoch


class _Filling:
    """One stream's part of a stretch."""

    def __init__(self, stretch: Stretch, feeds: Feeds, cursor: Cursor) -> None:
        self._stretch = stretch
        self._feeds = feeds
        self._stream = cursor.stream
        self._private = cursor.stream.endswith(PRIVATE_SUFFIX)
        self._began = self._place = cursor.place
        self._room = STRETCH

    def fill(self, events: list[Envelope], marks: list[Place]) -> None:
        try:
            for event in events:
                if event.place > self._place:
                    self._fill_up_to(event.epoch, event.position - 1)
                    self._add(event)
            if marks:
                self._go_to(min(marks), max(marks))
        except _StretchIsFull:
            self._stretch.complete = False
        except _BeginsLater as later:
            self._stretch.reached.append(Watermark(self._stream, later.epoch, 0))
            self._stretch.complete = False
        except _Renewed:
            self._stretch.renewed.add(self._stream)
            self._stretch.doubts[self._stream] = (
                f"{self._stream} was restored from a backup and is being read anew"
            )

    def _go_to(self, first: Place, last: Place) -> None:
        if first[0] == self._began[0] and first < self._began:
            self._doubt_if_shorter()
        if last > self._place:
            self._fill_up_to(*last)

    def _doubt_if_shorter(self) -> None:
        """A watermark told less than was applied: it came late, as it may, or the publisher has lost events."""
        epoch, position = self._began
        theirs = self._feeds.read(self._stream, epoch, position, 1).watermark
        if theirs.epoch == epoch and theirs.position < position:
            self._stretch.doubts[self._stream] = (
                f"{self._stream} ends at {epoch}:{theirs.position} and was applied up to {position}: "
                f"was it restored from a backup? Then run `beraad bus restored`"
            )
            log.error("publisher_went_back", stream=self._stream, theirs=theirs.position, applied=position)

    def _add(self, event: Envelope) -> None:
        self._stretch.events.append(event)
        self._place = event.place

    def _fill_up_to(self, epoch: int, through: int) -> None:
        self._refuse_later(epoch)
        after = self._place[1] if self._place[0] == epoch else 0
        while after < through:
            page = self._read(epoch, after, through)
            if not page:
                tell = log.error if self._private else log.warning
                tell("gap_not_in_feed", stream=self._stream, epoch=epoch, after=after, through=through)
                self._stretch.reached.append(Watermark(self._stream, epoch, through))
                return
            for event in page:
                self._add(event)
            after = page[-1].position

    def _read(self, epoch: int, after: int, through: int) -> list[Envelope]:
        if not self._room:
            raise _StretchIsFull
        page = self._feeds.read(self._stream, epoch, after, min(self._room, through - after))
        if page.watermark.place < (epoch, through):
            raise FeedUnavailable(f"the feed of {self._stream} ends before {epoch}:{through}")
        self._refuse_later(page.watermark.epoch)
        if page.watermark.epoch > epoch and not self._private:
            raise _BeginsLater(page.watermark.epoch)
        found = [event for event in page.events if event.epoch == epoch and event.position <= through]
        self._room -= len(found)
        return found

    def _refuse_later(self, epoch: int) -> None:
        """Of a stream nothing was applied of, any epoch is the first."""
        if not self._private and 0 < self._place[0] < epoch:
            raise _Renewed
