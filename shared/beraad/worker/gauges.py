"""What Prometheus is told of a worker: the same as `beraad bus lag`, and how its roles fare."""

from __future__ import annotations

from functools import partial

from prometheus_client import Gauge

from beraad.messaging.lag import Lag

_gauge = partial(Gauge, multiprocess_mode="mostrecent")
BACKLOG = _gauge("beraad_outbox_backlog", "Events committed, not yet numbered", ["service"])
STUCK = _gauge("beraad_relay_stuck", "1 while own events do not get out for more than a minute", ["service"])
LOG_POSITION = _gauge("beraad_log_position", "Last numbered event", ["service", "stream"])
CONFIRMED = _gauge("beraad_log_confirmed", "Last event the broker has", ["service", "stream"])
LOG_EVENTS = _gauge("beraad_log_events", "Events the log keeps", ["service", "stream"])
LOG_OLDEST = _gauge(
    "beraad_log_oldest_timestamp_seconds",
    "When the oldest event of the log was written",
    ["service", "stream"],
)
CURSOR = _gauge("beraad_cursor_position", "Last applied event", ["service", "stream"])
KNOWN = _gauge("beraad_cursor_known", "Last event known to exist", ["service", "stream"])
BEHIND = _gauge(
    "beraad_behind", "1 while what is kept of the stream may be incomplete", ["service", "stream"]
)
PARKED = _gauge("beraad_parked_events", "Events put aside", ["service"])
QUEUE = _gauge("beraad_queue_messages", "Messages waiting in a queue of the broker", ["service", "queue"])
BLOCKED = _gauge("beraad_transport_blocked", "1 while the broker takes nothing", ["service"])
FAILING = _gauge("beraad_role_failing", "1 while the role cannot work", ["service", "role"])


def show(lag: Lag) -> None:
    """Set what `lag` tells. A queue that is not there is not shown."""
    BACKLOG.labels(lag.service).set(lag.waiting)
    STUCK.labels(lag.service).set(lag.stuck is not None)
    for out in lag.published:
        LOG_POSITION.labels(lag.service, out.stream).set(out.position)
        CONFIRMED.labels(lag.service, out.stream).set(out.confirmed)
        LOG_EVENTS.labels(lag.service, out.stream).set(out.events)
        if out.oldest_at is not None:
            LOG_OLDEST.labels(lag.service, out.stream).set(out.oldest_at.timestamp())
    for read in lag.read:
        CURSOR.labels(lag.service, read.stream).set(read.position)
        KNOWN.labels(lag.service, read.stream).set(read.known_position)
        BEHIND.labels(lag.service, read.stream).set(read.behind is not None)
    PARKED.labels(lag.service).set(sum(read.parked for read in lag.read))
    for queue, depth in lag.queues.items():
        if depth is not None:
            QUEUE.labels(lag.service, queue).set(depth)
