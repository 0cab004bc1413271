"""How a worker fares: a heartbeat file for its supervisor, gauges for Prometheus."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from beraad.messaging.lag import lag_of
from beraad.perform import Store, reading
from beraad.worker import gauges
from beraad.worker.loop import Loop
from beraad.worker.wiring import Wiring

BEAT_EVERY = 2.0
MEASURE_EVERY = 10.0
log = structlog.get_logger()


class Vitals(threading.Thread):
    """Tells every two seconds, and measures every ten, from a thread of its own."""

    def __init__(
        self,
        store: Store[Any],
        loops: Sequence[Loop],
        path: Path,
        wiring: Wiring,
        stop: threading.Event,
    ) -> None:
        """`path` is the heartbeat file; `wiring` knows the broker."""
        super().__init__(name="vitals", daemon=True)
        self._store = store
        self._loops = loops
        self._path = path
        self._wiring = wiring
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
            loop.name: {"idle": round(now - loop.lived_at, 1), "error": loop.error} for loop in self._loops
        }
        blocked = self._wiring.blocked()
        written = self._path.with_suffix(".new")
        written.write_text(json.dumps({"pid": os.getpid(), "roles": roles, "blocked": blocked}))
        written.replace(self._path)
        gauges.BLOCKED.labels(self._store.service).set(blocked)
        for loop in self._loops:
            gauges.FAILING.labels(self._store.service, loop.name).set(
                loop.error is not None or not loop.is_alive()
            )

    def _measure_if_due(self) -> None:
        if time.monotonic() < self._measure_at:
            return
        self._measure_at = time.monotonic() + MEASURE_EVERY
        queues = self._wiring.queue_depths()
        with reading(self._store) as work:
            gauges.show(lag_of(work.session, self._store.service, self._wiring.streams, queues))
