"""Due work of every service that has an archive.

What is older than the log keeps leaves for it, if the log is limited; who was erased is erased there too, also while
it is not.
"""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from beraad.messaging.archive import archive_oldest, rewrite_archive
from beraad.messaging.envelope import PRIVATE_SUFFIX
from beraad.perform import WORKER, Store, transaction
from beraad.settings import Settings
from beraad.storage.leadership import Leadership

EVERY = 600.0
log = structlog.get_logger()


class Archiving:
    """One worker's part of it; of several one archives, the others stand by."""

    def __init__(self) -> None:
        """Look at once, then every ten minutes."""
        self._look_at = 0.0
        self._leadership: Leadership | None = None

    def once(self, store: Store[Any], settings: Settings) -> bool:
        """Move one file's worth of events. False when there is none, or another worker does it."""
        if time.monotonic() < self._look_at:
            return False
        self._leadership = self._leadership or Leadership(store.engine, "archive")
        moved = self._leadership.held() and self._move(store, settings)
        if not moved:
            self._leadership.release()
            self._look_at = time.monotonic() + EVERY
        return moved

    def _move(self, store: Store[Any], settings: Settings) -> bool:
        folder = Path(settings.log_archive) / store.service
        confirmed = settings.transport == "rabbitmq"
        leaving = (store.service, store.service + PRIVATE_SUFFIX) if settings.log_keep_days else ()
        with transaction(store, WORKER) as work:
            before = work.now - timedelta(days=settings.log_keep_days)
            moved = sum(
                archive_oldest(work.session, stream, folder, before, confirmed=confirmed)
                for stream in leaving
            )
            rewritten = rewrite_archive(work.session, folder)
        if moved or rewritten:
            log.info("archived", events=moved, files_rewritten=rewritten)
        return moved > 0
