"""Relay and consumer against their peers: the same messages, the same kind of queue, one process each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.messaging.stage import LISTENER, PUBLISHER, MeasurementFailed, Stage
from benchmarks.rounds import Target, interleave, ratio
from servers.processes import wait_until

PEER_QUEUE, CELERY_QUEUE = "peers.events", "peers.celery"
RELAY: dict[str, tuple[str, Target | None]] = {
    "relay_vs_raw_pika": ("raw pika", Target(0.6, "at least")),
    "relay_vs_faststream": ("faststream", Target(2, "at least")),
    "relay_vs_aio_pika": ("aio-pika", Target(1.3, "at least")),
    "relay_vs_celery": ("celery", Target(6, "at least")),
}
CONSUMER: dict[str, tuple[str, Target | None]] = {
    "consumer_vs_faststream": ("faststream", Target(2, "at least")),
    "consumer_vs_nameko": ("nameko", Target(2, "at least")),
    "consumer_vs_celery": ("celery", Target(2, "at least")),
    "consumer_vs_bare_kombu": ("bare kombu", None),
    "consumer_vs_nameko_tuned": ("nameko, tuned", None),
    "consumer_vs_celery_tuned": ("celery, tuned", None),
    "consumer_batch_vs_single": ("one by one", Target(7, "at least")),
}
OURS = "beraad"
TUNED = 200
"""Messages a peer is told to take ahead where its own default lets it wait for the broker."""
SLOWER = 20
"""So many times fewer events are enough where each is applied by itself."""


class Throughput:
    """Both sides of one stage."""

    def __init__(self, stage: Stage, events: int) -> None:
        """`events` are sent or applied at each measurement."""
        self._stage = stage
        self._events = events
        self._prepare()

    def measure(self, rounds: int) -> dict[str, dict[str, Any]]:
        """All ratios, by their names."""
        relay = interleave(
            {
                OURS: self._relay,
                "raw pika": self._publisher("publish_pika", PEER_QUEUE),
                "faststream": self._publisher("publish_faststream", PEER_QUEUE),
                "aio-pika": self._publisher("publish_aio_pika", PEER_QUEUE),
                "celery": self._publisher("publish_celery", CELERY_QUEUE),
            },
            rounds,
        )
        consumer = interleave(
            {
                OURS: self._consumer(one_by_one=False),
                "one by one": self._consumer(one_by_one=True),
                "faststream": self._reader("consume_faststream", PEER_QUEUE, "publish_pika"),
                "nameko": self._reader("consume_nameko", PEER_QUEUE, "publish_pika"),
                "celery": self._reader("consume_celery", CELERY_QUEUE, "publish_celery"),
                "bare kombu": self._reader("consume_kombu", PEER_QUEUE, "publish_pika"),
                "nameko, tuned": self._reader("consume_nameko", PEER_QUEUE, "publish_pika", ahead=TUNED),
                "celery, tuned": self._reader("consume_celery", CELERY_QUEUE, "publish_celery", ahead=TUNED),
            },
            rounds,
        )
        return _ratios(RELAY, relay) | _ratios(CONSUMER, consumer)

    def _prepare(self) -> None:
        """Warm: caches of the databases are filled, the messages for the peers are taken from the log."""
        self._relay()
        self._stage.save_messages(self._events)
        self._stage.declare_peers()
        self._publisher("publish_celery", CELERY_QUEUE)()

    def _relay(self) -> float:
        self._apply_what_waits()
        self._stage.register(self._events)
        with self._stage.worker(PUBLISHER, "relay"):
            return self._stage.rate(self._stage.confirmed, self._stage.written())

    def _consumer(self, *, one_by_one: bool) -> Callable[[], float]:
        def measure() -> float:
            self._send(self._events // SLOWER if one_by_one else self._events)
            with self._stage.worker(LISTENER, "consumer", one_by_one=one_by_one):
                return self._stage.rate(self._stage.applied, self._stage.written())

        return measure

    def _send(self, events: int) -> None:
        self._apply_what_waits()
        self._stage.register(events)
        with self._stage.worker(PUBLISHER, "relay"):
            _await(lambda: self._stage.confirmed() == self._stage.written(), "the relay did not send all")

    def _apply_what_waits(self) -> None:
        if self._stage.applied() == self._stage.confirmed():
            return
        with self._stage.worker(LISTENER, "consumer"):
            _await(
                lambda: self._stage.applied() == self._stage.confirmed(), "not all that was sent was applied"
            )

    def _publisher(self, script: str, queue: str) -> Callable[[], float]:
        def measure() -> float:
            rate = self._stage.peer(script, queue, self._events)
            if not wait_until(lambda: self._stage.depth(queue) == self._events, within=10, every=0.2):
                raise MeasurementFailed(f"{script} says all is sent, and {self._stage.depth(queue)} wait")
            self._stage.purge(queue)
            return rate

        return measure

    def _reader(self, script: str, queue: str, filled_by: str, *, ahead: int = 0) -> Callable[[], float]:
        def measure() -> float:
            self._stage.peer(filled_by, queue, self._events)
            return self._stage.peer(script, queue, self._events, ahead=ahead)

        return measure


def _await(done: Callable[[], bool], otherwise: str) -> None:
    if not wait_until(done, within=120):
        raise MeasurementFailed(otherwise)


def _ratios(
    names: dict[str, tuple[str, Target | None]], figures: dict[str, list[float]]
) -> dict[str, dict[str, Any]]:
    return {name: ratio(figures[OURS], figures[peer], target) for name, (peer, target) in names.items()}
