"""What the consumer reads from: a source that hands over batches, and the publishers' feeds behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import Envelope, Watermark


class FeedUnavailable(Exception):
    """A publisher's feed did not answer, or not in a way we can read: tried again later."""


@dataclass
class Batch:
    """What a source hands over: events and watermarks, and its own receipt for `settle`."""

    events: list[Envelope] = field(default_factory=list)
    watermarks: list[Watermark] = field(default_factory=list)
    receipt: Any = None


class Source(Protocol):
    """Where events come from."""

    def take(self, cursors: Mapping[str, Cursor], limit: int, timeout: float) -> Batch:
        """Up to `limit` events, waiting at most `timeout` seconds. A batch not settled is handed out again."""

    def settle(self, batch: Batch) -> None:
        """The batch is committed: it need never come again."""

    def keep_alive(self) -> None:
        """Called while the consumer cannot take, at least every few seconds: keep the connection. Never raises."""

    def close(self) -> None:
        """Give connections back; unsettled events come again."""


class Feeds(Protocol):
    """Reading publishers' event logs over HTTP (gap repair, rebuild)."""

    def read(self, stream: str, epoch: int, after: int, limit: int) -> tuple[list[Envelope], Watermark]:
        """Events after that position. Raises `FeedUnavailable`."""
