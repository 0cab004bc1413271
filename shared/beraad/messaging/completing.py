"""Completing a batch: without what was applied already, with what was withheld, read from the publisher's feed.

A long gap is filled a stretch at a time, so that neither memory nor a transaction grows with it.

Where a feed does not answer, a public stream's events behind the gap are left out: the feed has them too, and the
next event or watermark shows the gap again, so no other stream has to wait. A private stream's batch is kept:
the feed may have forgotten it.
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


def complete(batch: Batch, cursors: Mapping[str, Cursor], feeds: Feeds) -> Stretch:
    """What can be applied of the batch, for the streams these cursors know."""
    stretch = Stretch(watermarks=[mark for mark in batch.watermarks if mark.stream in cursors])
    for stream, cursor in cursors.items():
        events = sorted((e for e in batch.events if e.stream == stream), key=_place)
        marks = [(mark.epoch, mark.position) for mark in stretch.watermarks if mark.stream == stream]
        try:
            _Filling(stretch, feeds, cursor).fill(events, max(marks, default=(0, 0)))
        except FeedUnavailable as error:
            _postpone(stretch, stream, events, error)
    return stretch


def _place(event: Envelope) -> Place:
    return event.epoch, event.position


def _postpone(stretch: Stretch, stream: str, events: list[Envelope], error: FeedUnavailable) -> None:
    log.warning("feed_unavailable", stream=stream, error=str(error))
    if stream.endswith(PRIVATE_SUFFIX):
        stretch.unavailable = error
    elif events:
        stretch.watermarks.append(Watermark(stream, events[-1].epoch, events[-1].position))


class _StretchIsFull(Exception):
    """Apply what there is first."""


class _Filling:
    """One stream's part of a stretch."""

    def __init__(self, stretch: Stretch, feeds: Feeds, cursor: Cursor) -> None:
        self._stretch = stretch
        self._feeds = feeds
        self._stream = cursor.stream
        self._place = (cursor.epoch, cursor.position)
        self._room = STRETCH

    def fill(self, events: list[Envelope], target: Place) -> None:
        try:
            for event in events:
                if _place(event) > self._place:
                    self._fill_up_to(event.epoch, event.position - 1)
                    self._add(event)
            if target > self._place:
                self._fill_up_to(*target)
        except _StretchIsFull:
            self._stretch.complete = False

    def _add(self, event: Envelope) -> None:
        self._stretch.events.append(event)
        self._place = _place(event)

    def _fill_up_to(self, epoch: int, through: int) -> None:
        after = self._place[1] if self._place[0] == epoch else 0
        while after < through:
            page = self._read(epoch, after, through)
            if not page:
                log.warning("gap_not_in_feed", stream=self._stream, epoch=epoch, after=after, through=through)
                self._stretch.reached.append(Watermark(self._stream, epoch, through))
                return
            for event in page:
                self._add(event)
            after = page[-1].position

    def _read(self, epoch: int, after: int, through: int) -> list[Envelope]:
        if not self._room:
            raise _StretchIsFull
        page, state = self._feeds.read(self._stream, epoch, after, min(self._room, through - after))
        if (state.epoch, state.position) < (epoch, through):
            raise FeedUnavailable(f"the feed of {self._stream} ends before {epoch}:{through}")
        found = [event for event in page if event.epoch == epoch and event.position <= through]
        self._room -= len(found)
        return found
