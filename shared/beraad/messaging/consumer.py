"""The consumer: one core, two sources (AMQP through kombu; the publishers' feeds).

A batch is applied and committed once: effects, cursors and the service's own outbox rows together; only
then is it acknowledged. Duplicates are dropped by position, gaps are filled from the feed, an event that
can never be applied is parked with its aggregate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from beraad.messaging.cursors import Cursor, note_revisions, note_watermark, read_cursor, write_cursor
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.outbox import current_traceparent
from beraad.messaging.parking import QUARANTINED, park, parked_of, quarantined_subjects, unpark
from beraad.messaging.subscriptions import Apply, Poison, Subscriptions, receive
from beraad.perform import WORKER, Store, Work, reading, transaction

BATCH = 50
TRANSIENT = (OperationalError, InterfaceError, PoolTimeout)
log = structlog.get_logger()


class FeedUnavailable(Exception):
    """A publisher's feed did not answer: tried again later."""


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

    def close(self) -> None:
        """Give connections back; unsettled events come again."""


class Feeds(Protocol):
    """Reading publishers' event logs over HTTP (gap repair, rebuild)."""

    def read(self, stream: str, epoch: int, after: int, limit: int) -> tuple[list[Envelope], Watermark]:
        """Events after that position. Raises `FeedUnavailable`."""


class Progress:
    """How far one transaction has come in each stream; written once, with the effects."""

    def __init__(self, session: Session) -> None:
        """Cursors are read (and locked) when their stream is first met."""
        self._session = session
        self._cursors: dict[str, Cursor] = {}
        self._quarantined: dict[str, set[str]] = {}

    def advance(self, event: Envelope) -> bool:
        """Move onto the event; False when it was applied before (also by another consumer)."""
        if event.stream not in self._cursors:
            self._cursors[event.stream] = read_cursor(self._session, event.stream, lock=True)
        cursor = self._cursors[event.stream]
        if (event.epoch, event.position) <= (cursor.epoch, cursor.position):
            return False
        cursor.epoch, cursor.position = event.epoch, event.position
        return True

    def is_quarantined(self, event: Envelope) -> bool:
        """An earlier event of the same aggregate is parked."""
        if event.stream not in self._quarantined:
            self._quarantined[event.stream] = quarantined_subjects(self._session, event.stream)
        return event.subject in self._quarantined[event.stream]

    def store(self) -> None:
        """Write the cursors."""
        for cursor in self._cursors.values():
            write_cursor(self._session, cursor)


class Consumer:
    """Applies foreign events to one service, each once, in each publisher's order."""

    def __init__(self, store: Store[Any], subscriptions: Sequence[Subscriptions], source: Source, feeds: Feeds) -> None:
        """`subscriptions` name the streams (a publisher's, or its private one) and their handlers."""
        self._store = store
        self._handlers: dict[str, dict[str, Apply]] = {s.publisher: s.handlers for s in subscriptions}
        self._source = source
        self._feeds = feeds
        self._held: Batch | None = None

    def step(self, timeout: float) -> int:
        """Take one batch, apply it, acknowledge it. Returns how many events were new.

        Raises one of `TRANSIENT` while the database is away; the batch is kept and the next step retries it.
        """
        batch = self._held or self._source.take(self.cursors(), BATCH, timeout)
        if not batch.events and not batch.watermarks:
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
            return {stream: read_cursor(work.session, stream) for stream in self._streams()}

    def _streams(self) -> list[str]:
        return list(self._handlers)

    def apply(self, batch: Batch) -> int:
        """Apply what is new of the batch, filling gaps first. Returns how many events were new."""
        events = self._complete(batch)
        try:
            return self._apply_together(events, batch.watermarks)
        except TRANSIENT:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the culprit is found one by one
            log.warning("batch_failed", error=repr(error), events=len(events))
            return sum(self._apply_alone(event) for event in events)

    # -- completing ---------------------------------------------------------------------------------------

    def _complete(self, batch: Batch) -> list[Envelope]:
        """The batch in stream order, without what is applied already, with what was withheld."""
        complete: list[Envelope] = []
        for stream, cursor in self.cursors().items():
            mine = sorted((e for e in batch.events if e.stream == stream), key=lambda e: (e.epoch, e.position))
            target = max([(w.epoch, w.position) for w in batch.watermarks if w.stream == stream], default=(0, 0))
            complete.extend(self._without_gaps(cursor, mine, target))
        return complete

    def _without_gaps(self, cursor: Cursor, events: list[Envelope], target: tuple[int, int]) -> list[Envelope]:
        epoch, position = cursor.epoch, cursor.position
        result: list[Envelope] = []
        for event in events:
            if event.epoch > epoch:
                epoch, position = event.epoch, 0
            if event.epoch < epoch or event.position <= position:
                continue
            if event.position > position + 1:
                result.extend(self._fetch(event.stream, epoch, position, event.position - 1))
            result.append(event)
            position = event.position
        if target > (epoch, position):
            result.extend(self._fetch(cursor.stream, target[0], position if target[0] == epoch else 0, target[1]))
        return result

    def _fetch(self, stream: str, epoch: int, after: int, through: int) -> list[Envelope]:
        missing: list[Envelope] = []
        while after < through:
            page, _ = self._feeds.read(stream, epoch, after, min(500, through - after))
            page = [event for event in page if event.position <= through]
            if not page:
                log.warning("gap_not_in_feed", stream=stream, after=after, through=through)
                break
            missing.extend(page)
            after = page[-1].position
        return missing

    # -- applying -----------------------------------------------------------------------------------------

    def _apply_together(self, events: list[Envelope], watermarks: list[Watermark]) -> int:
        with transaction(self._store, WORKER) as work:
            progress = Progress(work.session)
            applied = [event for event in events if self._apply_one(work, progress, event)]
            progress.store()
            note_revisions(work.session, applied)
            for watermark in watermarks:
                if watermark.stream in self._handlers:
                    note_watermark(work.session, watermark)
        return len(applied)

    def _apply_alone(self, event: Envelope) -> int:
        try:
            return self._apply_together([event], [])
        except TRANSIENT:
            raise
        except Exception as error:  # noqa: BLE001 - a handler failing for good parks its event, whatever it raised
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
        if not progress.advance(event):
            return False
        if progress.is_quarantined(event):
            park(work.session, event, QUARANTINED)
        else:
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

    # -- replay -------------------------------------------------------------------------------------------

    def replay(self, stream: str, subject: str) -> int:
        """Apply an aggregate's parked events in order, in one transaction, and lift its quarantine.

        Raises whatever the first still-poisonous event raises, changing nothing.
        """
        with transaction(self._store, WORKER) as work:
            events = parked_of(work.session, stream, subject)
            for event in events:
                unpark(work.session, event)
                self._handle(work, event)
            note_revisions(work.session, events)
        return len(events)


__all__ = ["TRANSIENT", "Batch", "Consumer", "FeedUnavailable", "Feeds", "Poison", "Source"]
