"""The consumer: one core, two sources (AMQP through kombu; the publishers' feeds).

A batch is completed (duplicates dropped by position, gaps filled from the feed), applied and committed once, and only
then acknowledged. Where a publisher was restored from a backup, what is kept of it is first made anew from its log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from beraad.messaging.applying import Applier
from beraad.messaging.completing import complete
from beraad.messaging.cursors import Cursor, read_cursors
from beraad.messaging.faults import TRANSIENT
from beraad.messaging.progress import CursorWentBack
from beraad.messaging.rebuild import NoRoom, Rebuild
from beraad.messaging.sources import Batch, Feeds, FeedUnavailable, Source
from beraad.messaging.subscriptions import Poison, Subscriptions
from beraad.perform import Store, reading

BATCH = 500
NO_ROOM_REST = 60.0
"""Seconds before a log is read again that did not fit: all of it was read in vain."""
log = structlog.get_logger()


class Consumer:
    """Applies foreign events to one service, each once, in each publisher's order."""

    def __init__(
        self,
        store: Store[Any],
        subscriptions: Sequence[Subscriptions],
        source: Source,
        feeds: Feeds,
        alive: Callable[[], object] = lambda: None,
    ) -> None:
        """`subscriptions` name the streams (a publisher's, or its private one) and their handlers.

        `alive` is called every few hundred events of a long step.
        """
        self._store = store
        self._subscriptions = {one.publisher: one for one in subscriptions}
        self._applier = Applier(store, subscriptions)
        self._source = source
        self._feeds = feeds
        self._alive = alive
        self._held: Batch | None = None
        self._no_room_until: dict[str, float] = {}

    def step(self, timeout: float) -> int:
        """Take one batch, apply it, acknowledge it. Returns how many events were new.

        Raises one of `TRANSIENT` while the database is away, or `FeedUnavailable` while a private gap cannot be
        filled; the batch is kept, unacknowledged, and the next step tries it again. Call it every few seconds.
        """
        self._source.keep_alive()
        batch = self._held or self._source.take(self.cursors, BATCH, timeout)
        if batch == Batch():
            return 0
        self._held = batch
        applied = self.apply(batch)
        self._source.settle(batch)
        self._held = None
        return applied

    def close(self) -> None:
        """Stop reading."""
        self._source.close()

    def cursors(self) -> dict[str, Cursor]:
        """Where each stream stands."""
        with reading(self._store) as work:
            return read_cursors(work.session, self._subscriptions)

    def apply(self, batch: Batch) -> int:
        """Apply what is new of the batch, filling gaps first. Returns how many events were new."""
        applied = 0
        while True:
            stretch = complete(batch, self.cursors(), self._feeds)
            try:
                applied += self._applier.apply(stretch)
            except CursorWentBack:
                continue
            for stream in stretch.renewed:
                batch = batch if self._renewed(stream) else batch.without(stream)
            if stretch.unavailable is not None:
                raise stretch.unavailable
            if stretch.complete and not stretch.renewed:
                return applied
            self._keep_alive()

    def _keep_alive(self) -> None:
        self._source.keep_alive()
        self._alive()

    def _renewed(self, stream: str) -> bool:
        """False while that feed does not answer, or there is no room for it: the next event or watermark shows the later epoch again."""
        if time.monotonic() < self._no_room_until.get(stream, 0):
            return False
        rebuild = Rebuild(self._store, self._subscriptions[stream], self._feeds, self._keep_alive)
        try:
            rebuild.run()
        except (FeedUnavailable, NoRoom) as error:
            log.warning("rebuild_postponed", stream=stream, error=str(error))
            if isinstance(error, NoRoom):
                self._no_room_until[stream] = time.monotonic() + NO_ROOM_REST
            return False
        return True

    def replay(self, stream: str, subject: str) -> int:
        """As `Applier.replay`."""
        return self._applier.replay(stream, subject)


__all__ = ["TRANSIENT", "Batch", "Consumer", "FeedUnavailable", "Feeds", "Poison", "Source"]
