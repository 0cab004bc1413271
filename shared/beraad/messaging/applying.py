"""Applying a stretch of events to one service's database: together, or in ever smaller parts where one of them fails.

Effects, cursors and the service's own outbox rows are committed together. An event that can never be applied is
parked with its aggregate, and everything else flows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from beraad.messaging.completing import Places, Stretch
from beraad.messaging.cursors import lock_cursor, note_revisions, note_watermark
from beraad.messaging.envelope import Envelope
from beraad.messaging.faults import raise_if_transient
from beraad.messaging.outbox import current_traceparent
from beraad.messaging.parking import QUARANTINED, park, parked_to_replay, unpark
from beraad.messaging.progress import CursorWentBack, Progress
from beraad.messaging.subscriptions import Subscriptions, receive
from beraad.perform import WORKER, Store, Work, transaction

log = structlog.get_logger()


class Applier:
    """Applies events to a store, each once."""

    def __init__(self, store: Store[Any], subscriptions: Sequence[Subscriptions]) -> None:
        """`subscriptions` name the streams and what is done with their events."""
        self._store = store
        self._subscriptions = {one.publisher: one for one in subscriptions}

    def apply(self, stretch: Stretch) -> int:
        """How many events were new. Raises one of `TRANSIENT` while the database is away, or `CursorWentBack`."""
        try:
            return self._apply_together(stretch)
        except CursorWentBack:
            raise
        except Exception as error:
            raise_if_transient(error)
            log.warning("batch_failed", error=repr(error), events=len(stretch.events))
        return self._apply_in_parts(stretch)

    def replay(self, stream: str, subject: str) -> int:
        """Apply an aggregate's parked events in order, in one transaction, and lift its quarantine.

        Raises whatever the first still-poisonous event raises, changing nothing.
        """
        with transaction(self._store, WORKER) as work:
            lock_cursor(work.session, stream)  # or an event arriving now would be parked behind what we lift
            events = parked_to_replay(work.session, stream, subject)
            for event, acted in events:
                unpark(work.session, event)
                self._handle(work, event, again=acted)
            note_revisions(work.session, [event for event, _ in events])
        return len(events)

    def _apply_together(self, stretch: Stretch) -> int:
        with transaction(self._store, WORKER) as work:
            progress = Progress(work.session, stretch.began)
            new = [event for event in stretch.events if progress.advance(event)]
            note_revisions(work.session, [event for event in new if self._apply_one(work, progress, event)])
            for place in stretch.reached:
                progress.reach(place.stream, place.epoch, place.position)
            for stream, reason in stretch.doubts.items():
                progress.doubt(stream, reason)
            progress.store()
            for watermark in stretch.watermarks:
                note_watermark(work.session, watermark)
        return len(new)

    def _apply_in_parts(self, stretch: Stretch) -> int:
        """Halve what fails until the event that does is alone: the others are committed many at a time."""
        applied, began = 0, dict(stretch.began)
        for part in _halves(stretch.events):
            applied += self._apply_part(Stretch(part, began=began))
            began |= {event.stream: event.place for event in part}
        return applied + self._apply_together(replace(stretch, events=[], began=began))

    def _apply_part(self, part: Stretch) -> int:
        try:
            return self._apply_together(part)
        except CursorWentBack:
            raise
        except Exception as error:
            raise_if_transient(error)
            if len(part.events) > 1:
                return self._apply_in_parts(part)
            return self._park_alone(part.events[0], part.began, error)

    def _park_alone(self, event: Envelope, began: Places, error: Exception) -> int:
        log.error("event_parked", type=event.type, subject=event.subject, error=repr(error))
        reason = f"{type(error).__name__}: {error}"
        try:
            return self._park(event, began, reason)
        except DBAPIError as refused:
            raise_if_transient(refused)
            log.error("event_parked_without_data", type=event.type, subject=event.subject)
            return self._park(replace(event, data={}), began, f"(the data is only in the feed) {reason}")

    def _park(self, event: Envelope, began: Places, reason: str) -> int:
        with transaction(self._store, WORKER) as work:
            progress = Progress(work.session, began)
            if not progress.advance(event):
                return 0
            park(work.session, event, reason, acted=progress.is_again(event))
            progress.store()
        return 1

    def _apply_one(self, work: Work, progress: Progress, event: Envelope) -> bool:
        """False when the event had to wait behind a parked one."""
        again = progress.is_again(event)
        if progress.is_quarantined(event):
            park(work.session, event, QUARANTINED, acted=again)
            return False
        self._handle(work, event, again=again)
        return True

    def _handle(self, work: Work, event: Envelope, *, again: bool) -> None:
        received, subscription = receive(event), self._subscriptions[event.stream]
        token = current_traceparent.set(event.traceparent)
        try:
            if again:
                subscription.keep(received, work)
            else:
                subscription.apply(received, work)
            work.session.flush()
        finally:
            current_traceparent.reset(token)


def _halves(events: list[Envelope]) -> list[list[Envelope]]:
    middle = (len(events) + 1) // 2
    return [half for half in (events[:middle], events[middle:]) if half]
