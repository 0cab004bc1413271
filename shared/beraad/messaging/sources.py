"""What the consumer reads from: a source that hands over batches, and the publishers' feeds behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import Envelope, Watermark

Cursors = Callable[[], Mapping[str, Cursor]]
"""Asks the database where each stream stands."""


class FeedUnavailable(Exception):
    """A publisher's feed did not answer, or not in a way we can read: tried again later."""


@dataclass
class Batch:
    """What a source hands over: events and watermarks, and its own receipt for `settle`."""

    events: list[Envelope] = field(default_factory=list)
    watermarks: list[Watermark] = field(default_factory=list)
    receipt: Any = None

    def without(self, stream: str) -> Batch:
        """The same, but for what is of that stream."""
        events = [event for event in self.events if event.stream != stream]
        return Batch(events, [mark for mark in self.watermarks if mark.stream != stream], self.receipt)


@dataclass(frozen=True)
class Page:
    """What a feed answers: events after the place asked for, and how far the stream goes."""

    events: list[Envelope]
    watermark: Watermark
    shared: int = 0
    """Where the stream is in a later epoch than asked for: up to here it is the same as in that one."""


class Source(Protocol):
    """Where events come from."""

    def take(self, cursors: Cursors, limit: int, timeout: float) -> Batch:
        """Up to `limit` events, waiting at most `timeout` seconds. A batch not settled is handed out again."""

    def settle(self, batch: Batch) -> None:
        """The batch is committed: it need never come again."""

    def keep_alive(self) -> None:
        """Called while the consumer cannot take, at least every few seconds: keep the connection. Never raises."""

    def close(self) -> None:
        """Give connections back; unsettled events come again."""


class Feeds(Protocol):
    """Reading publishers' event logs over HTTP (gap repair, rebuild)."""

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        """Events after that position; of a later epoch than asked for from its first. Raises `FeedUnavailable`."""
