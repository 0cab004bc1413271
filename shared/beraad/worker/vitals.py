"""How a worker fares: a heartbeat file for its supervisor, gauges for Prometheus."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy import func, select

from beraad.messaging.outbox import backlog
from beraad.perform import Store, reading
from beraad.storage.tables import cursors, parked, streams
from beraad.worker.loop import Loop

BEAT_EVERY = 2.0
MEASURE_EVERY = 10.0
log = structlog.get_logger()

LABELS = ["service"]
BACKLOG = Gauge(
    "beraad_outbox_backlog", "Events committed, not yet numbered", LABELS, multiprocess_mode="mostrecent"
)
LOG_POSITION = Gauge(
    "beraad_log_position", "Last numbered event", ["service", "stream"], multiprocess_mode="mostrecent"
)
CONFIRMED = Gauge(
    "beraad_log_confirmed", "Last event the broker has", ["service", "stream"], multiprocess_mode="mostrecent"
)
CURSOR = Gauge(
    "beraad_cursor_position", "Last applied event", ["service", "stream"], multiprocess_mode="mostrecent"
)
KNOWN = Gauge(
    "beraad_cursor_known", "Last event known to exist", ["service", "stream"], multiprocess_mode="mostrecent"
)
PARKED = Gauge("beraad_parked_events", "Events put aside", LABELS, multiprocess_mode="mostrecent")
BLOCKED = Gauge(
    "beraad_transport_blocked", "1 while the broker takes nothing", LABELS, multiprocess_mode="mostrecent"
)
FAILING = Gauge(
    "beraad_role_failing", "1 while the role cannot work", ["service", "role"], multiprocess_mode="mostrecent"
)


class Vitals(threading.Thread):
    """Tells every two seconds, and measures every ten, from a thread of its own."""

    def __init__(
        self,
        store: Store[Any],
        loops: Sequence[Loop],
        path: Path,
        blocked: Callable[[], bool],
        stop: threading.Event,
    ) -> None:
        """`blocked` says whether the broker refuses to take events."""
        super().__init__(name="vitals", daemon=True)
        self._store = store
        self._loops = loops
        self._path = path
        self._blocked = blocked
        self._stopping = stop
        self._measure_at = 0.0

    def run(self) -> None:
        """Until `stop`, whatever goes wrong."""
        while True:
            try:
                self._beat()
                self._measure_if_due()
            except Exception as error:
                log.warning("vitals_failed", error=repr(error))
            if self._stopping.wait(BEAT_EVERY):
                return

    def _beat(self) -> None:
        now = time.monotonic()
        roles = {
            loop.name: {"idle": round(now - loop.made_step_at, 1), "error": loop.error}
            for loop in self._loops
        }
        written = self._path.with_suffix(".new")
        written.write_text(json.dumps({"pid": os.getpid(), "roles": roles}))
        written.replace(self._path)
        for loop in self._loops:
            FAILING.labels(self._store.service, loop.name).set(loop.error is not None or not loop.is_alive())

    def _measure_if_due(self) -> None:
        if time.monotonic() < self._measure_at:
            return
        self._measure_at = time.monotonic() + MEASURE_EVERY
        service = self._store.service
        BLOCKED.labels(service).set(self._blocked())
        with reading(self._store) as work:
            session = work.session
            BACKLOG.labels(service).set(backlog(session))
            PARKED.labels(service).set(session.execute(select(func.count()).select_from(parked)).scalar_one())
            for row in session.execute(select(streams)):
                LOG_POSITION.labels(service, row.stream).set(row.position)
                CONFIRMED.labels(service, row.stream).set(row.confirmed)
            for row in session.execute(select(cursors)):
                CURSOR.labels(service, row.stream).set(row.position)
                KNOWN.labels(service, row.stream).set(row.known_position)
