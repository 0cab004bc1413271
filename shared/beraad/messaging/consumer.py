"""The consumer: one core, two sources (AMQP through kombu; the publishers' feeds).

A batch is applied and committed once: effects, cursors and the service's own outbox rows together; only
then is it acknowledged. Duplicates are dropped by position, gaps are filled from the feed, an event that
can never be applied is parked with its aggregate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from beraad.messaging.completing import Stretch, complete
from beraad.messaging.cursors import Cursor, lock_cursor, note_revisions, note_watermark, read_cursors
from beraad.messaging.envelope import Envelope
from beraad.messaging.outbox import current_traceparent
from beraad.messaging.parking import QUARANTINED, park, parked_of, unpark
from beraad.messaging.progress import Progress
from beraad.messaging.sources import Batch, Feeds, FeedUnavailable, Source
from beraad.messaging.subscriptions import Apply, Poison, Subscriptions, receive
from beraad.perform import WORKER, Store, Work, reading, transaction

BATCH = 50
TRANSIENT = (OperationalError, InterfaceError, PoolTimeout)
log = structlog.get_logger()


class Consumer:
    """Applies foreign events to one service, each once, in each publisher's order."""

    def __init__(
        self, store: Store[Any], subscriptions: Sequence[Subscriptions], source: Source, feeds: Feeds
    ) -> None:
        """`subscriptions` name the streams (a publisher's, or its private one) and their handlers."""
        self._store = store
        self._handlers: dict[str, dict[str, Apply]] = {s.publisher: s.handlers for s in subscriptions}
        self._source = source
        self._feeds = feeds
        self._held: Batch | None = None

    def step(self, timeout: float) -> int:
        """Take one batch, apply it, acknowledge it. Returns how many events were new.

        Raises one of `TRANSIENT` while the database is away, or `FeedUnavailable` while a private gap cannot be
        filled; the batch is kept, unacknowledged, and the next step tries it again. Call it every few seconds.
        """
        self._source.keep_alive()
        batch = self._held or self._source.take(self.cursors(), BATCH, timeout)
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
            return read_cursors(work.session, self._handlers)

    def apply(self, batch: Batch) -> int:
        """Apply what is new of the batch, filling gaps first. Returns how many events were new."""
        applied = 0
        while True:
            stretch = complete(batch, self.cursors(), self._feeds)
            applied += self._apply_stretch(stretch)
            if stretch.unavailable is not None:
                raise stretch.unavailable
            if stretch.complete:
                return applied
            self._source.keep_alive()

    def _apply_stretch(self, stretch: Stretch) -> int:
        try:
            return self._apply_together(stretch)
        except Exception as error:
            _raise_if_transient(error)
            log.warning("batch_failed", error=repr(error), events=len(stretch.events))
        applied = sum(self._apply_alone(event) for event in stretch.events)
        return applied + self._apply_together(Stretch(watermarks=stretch.watermarks, reached=stretch.reached))

    def _apply_together(self, stretch: Stretch) -> int:
        with transaction(self._store, WORKER) as work:
            progress = Progress(work.session)
            new = [event for event in stretch.events if progress.advance(event)]
            note_revisions(work.session, [event for event in new if self._apply_one(work, progress, event)])
            for place in stretch.reached:
                progress.reach(place.stream, place.epoch, place.position)
            progress.store()
            for watermark in stretch.watermarks:
                note_watermark(work.session, watermark)
        return len(new)

    def _apply_alone(self, event: Envelope) -> int:
        try:
            return self._apply_together(Stretch([event]))
        except Exception as error:
            _raise_if_transient(error)
            return self._park_alone(event, error)

    def _park_alone(self, event: Envelope, error: Exception) -> int:
        log.error("event_parked", type=event.type, subject=event.subject, error=repr(error))
        with transaction(self._store, WORKER) as work:
            progress = Progress(work.session)
            if not progress.advance(event):
                return 0
            park(work.session, event, f"{type(error).__name__}: {error}")
            progress.store()
        return 1

    def _apply_one(self, work: Work, progress: Progress, event: Envelope) -> bool:
        """False when the event had to wait behind a parked one."""
        if progress.is_quarantined(event):
            park(work.session, event, QUARANTINED)
            return False
        self._handle(work, event)
        return True

    def _handle(self, work: Work, event: Envelope) -> None:
        received = receive(event)
        handler = self._handlers[event.stream].get(event.type)
        if handler is None:
            return
        token = current_traceparent.set(event.traceparent)
        try:
            handler(received, work)
            work.session.flush()
        finally:
            current_traceparent.reset(token)

    def replay(self, stream: str, subject: str) -> int:
        """Apply an aggregate's parked events in order, in one transaction, and lift its quarantine.

        Raises whatever the first still-poisonous event raises, changing nothing.
        """
        with transaction(self._store, WORKER) as work:
            lock_cursor(work.session, stream)  # or an event arriving now would be parked behind what we lift
            events = parked_of(work.session, stream, subject)
            for event in events:
                unpark(work.session, event)
                self._handle(work, event)
            note_revisions(work.session, events)
        return len(events)


def _raise_if_transient(error: BaseException) -> None:
    """Raise the fault of the database that hides in `error`, if there is one: the batch is kept, nothing is parked."""
    for fault in _causes(error):
        if isinstance(fault, TRANSIENT):
            raise fault


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


__all__ = ["TRANSIENT", "Batch", "Consumer", "FeedUnavailable", "Feeds", "Poison", "Source"]
