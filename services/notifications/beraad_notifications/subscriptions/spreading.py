"""Due work: spread what happened over its audience, as soon as the roster is known to be complete.

Watermarks prove that sooner or later; asking membership's feed how far it goes proves it at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from beraad.clock import real_now
from beraad.messaging.cursors import read_cursor
from beraad.messaging.feed import FeedClient
from beraad.messaging.sources import FeedUnavailable
from beraad.perform import Store, perform, reading
from beraad.settings import Settings
from beraad_notifications.use_cases.spread_notices import SpreadNotices, spread_notices

ROSTER = "membership"
BATCH = 50
AGAIN_AFTER = 30.0
log = structlog.get_logger()


class Spreading:
    """One worker's spreading. Remembers when the roster was last complete."""

    def __init__(self, now: Callable[[], datetime] = real_now) -> None:
        """`now` is real time."""
        self._now = now
        self._complete_at: datetime | None = None
        self._feeds: FeedClient | None = None
        self._ask_again_at = 0.0

    def once(self, store: Store[Any], settings: Settings) -> bool:
        """Queue the deliveries of the oldest notices. False when there is none, or its audience is not known yet."""
        with reading(store, glancing=True) as work:
            if not work.notices.any_waiting():
                return False
        return self._spread(store) or (self._roster_is_complete(store, settings) and self._spread(store))

    def _spread(self, store: Store[Any]) -> bool:
        return perform(store, spread_notices, SpreadNotices(BATCH, self._now(), self._complete_at)) > 0

    def _roster_is_complete(self, store: Store[Any], settings: Settings) -> bool:
        """Ask membership, outside any transaction; if it does not answer, leave it alone for half a minute."""
        if time.monotonic() < self._ask_again_at:
            return False
        asked_at = self._now()
        with reading(store, glancing=True) as work:
            ours = read_cursor(work.session, ROSTER)
        try:
            theirs = self._client(settings).read(ROSTER, ours.epoch, ours.position, 1)
        except FeedUnavailable as error:
            log.info("roster_not_proved", error=str(error))
            self._ask_again_at = time.monotonic() + AGAIN_AFTER
            return False
        if theirs.events or ours.place < theirs.watermark.place:
            return False
        self._complete_at = asked_at
        return True

    def _client(self, settings: Settings) -> FeedClient:
        if self._feeds is None:
            key = settings.service_keys[settings.service]
            self._feeds = FeedClient(settings.service, key, settings.feed_urls)
        return self._feeds
