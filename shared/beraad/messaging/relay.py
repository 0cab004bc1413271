"""The relay: gives positions to the outbox's rows, commits, then hands them to the transport in that order.

One relay per service is active (`Leadership`), the others stand by: two competing ones invert the order.
With the feed as transport numbering is all there is to do: consumers read the log itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

import structlog

from beraad.messaging.bell import PipeBell
from beraad.messaging.envelope import PRIVATE_SUFFIX, Addressed, Watermark
from beraad.messaging.outbox import (
    StreamState,
    confirm,
    has_unnumbered,
    number_batch,
    sealed_after,
    stream_states,
)
from beraad.perform import WORKER, Store, reading, transaction
from beraad.storage.leadership import Leadership

BATCH = 2000
WATERMARK_EVERY = 5.0
UNROUTABLE_AGAIN = 1.0
REFUSALS = 3
"""So often in a row a batch is offered before it goes on without the queue that refuses it."""
log = structlog.get_logger()


class TransportDown(Exception):
    """The broker did not confirm in time: whether it has the messages is unknown, so they are sent again."""


class Unroutable(TransportDown):
    """The broker works, but no queue takes this stream now: its events wait, other streams go on."""


class Refused(Unroutable):
    """Some queue did not take all of them; others may have."""


class Transport(Protocol):
    """Where the relay puts events. At least once, in order."""

    def send(self, events: Sequence[Addressed]) -> None:
        """Return when all are confirmed. Raises `TransportDown` after its deadline, `Unroutable` or `Refused`."""

    def send_watermark(self, watermark: Watermark) -> None:
        """Tell how far the stream goes. Raises `TransportDown`."""

    def close(self) -> None:
        """Give the connection back."""


class Relay:
    """Moves one service's events from its log to the transport."""

    def __init__(
        self, store: Store[Any], transport: Transport | None, listeners: Sequence[PipeBell] = ()
    ) -> None:
        """`transport` None means the feed; `listeners` are rung when there is something new in it."""
        self._store = store
        self._transport = transport
        self._listeners = listeners
        self._leadership = Leadership(store.engine, "relay")
        self._streams = (store.service, store.service + PRIVATE_SUFFIX)
        self._watermark_at = 0.0
        self._unroutable: dict[str, float] = {}
        self._refusals: Counter[str] = Counter()
        self._numbered = 0
        self._beside = ThreadPoolExecutor(1, "numbering")

    def step(self) -> int:
        """Number and send what is there; how many events moved. Zero while another relay leads.

        Raises `TransportDown`; everything unconfirmed stays in the log and the next step sends it again.
        """
        if not self._leadership.held():
            return 0
        moved = self._numbered or self._number()
        self._numbered = 0
        if self._transport is None:
            return moved
        with reading(self._store, glancing=True) as work:
            states = stream_states(work.session, self._streams)
        unsent = [state for state in states if state.position > state.confirmed]
        sent = sum(self._try_to_send(state, self._transport) for state in unsent)
        self._tell_watermark(self._transport)
        return moved + sent

    def close(self) -> None:
        """Step down."""
        self._beside.shutdown()
        self._leadership.release()
        if self._transport is not None:
            self._transport.close()

    def _number(self) -> int:
        with reading(self._store, glancing=True) as work:
            if not has_unnumbered(work.session):
                return 0
        with transaction(self._store, WORKER) as work:
            moved = number_batch(work.session, BATCH)
        if moved:
            for bell in self._listeners:
                bell.ring()
        return moved

    def _try_to_send(self, state: StreamState, transport: Transport) -> int:
        stream = state.stream
        if time.monotonic() < self._unroutable.get(stream, 0):
            return 0
        try:
            return self._send(state, transport)
        except Unroutable as error:
            log.warning("unroutable", stream=stream, error=str(error))
            self._unroutable[stream] = time.monotonic() + UNROUTABLE_AGAIN
            return 0

    def _send(self, state: StreamState, transport: Transport) -> int:
        stream = state.stream
        with reading(self._store, glancing=True) as work:
            events = sealed_after(work.session, state, BATCH)
        if not events:
            return 0
        with self._numbering_ahead(more=len(events) == BATCH):
            self._offer(stream, events, transport)
        with transaction(self._store, WORKER) as work:
            confirm(work.session, stream, events[-1].position)
        return len(events)

    def _offer(self, stream: str, events: Sequence[Addressed], transport: Transport) -> None:
        """A queue that refuses, anybody's, must not hold up all others: its reader finds public events in the feed."""
        try:
            transport.send(events)
        except Refused as error:
            self._refusals[stream] += 1
            if self._refusals[stream] < REFUSALS or stream.endswith(PRIVATE_SUFFIX):
                raise
            log.warning(
                "refused", stream=stream, error=str(error), remedy="its reader finds them in the feed"
            )
        else:
            del self._refusals[stream]

    @contextmanager
    def _numbering_ahead(self, *, more: bool) -> Iterator[None]:
        """Where more is waiting, the database numbers the next batch while the broker takes this one."""
        if not more or self._numbered:
            yield
            return
        ahead = self._beside.submit(self._number)
        try:
            yield
        finally:
            self._numbered = ahead.result()

    def _tell_watermark(self, transport: Transport) -> None:
        """Also under load, or consumers would think us gone; never further than what was sent."""
        if time.monotonic() < self._watermark_at:
            return
        with reading(self._store, glancing=True) as work:
            states = stream_states(work.session, self._streams)
        for state in states:
            transport.send_watermark(Watermark(state.stream, state.epoch, state.confirmed))
        self._watermark_at = time.monotonic() + WATERMARK_EVERY
