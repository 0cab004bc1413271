"""How long from one service's commit until another has applied it, and until a standby has taken over.

Both moments are those PostgreSQL gave the two transactions (`track_commit_timestamp`), on one server and so one clock.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from statistics import median
from typing import Any
from uuid import UUID

from benchmarks.messaging.stage import LISTENER, PUBLISHER, MeasurementFailed, Stage
from benchmarks.rounds import Target, interleave, summary
from servers.processes import wait_until

LOADED_PER_SECOND, LOADED_SECONDS = 100, 5.0
IDLE_SECONDS = (1.0, 2.0)
BEFORE, AFTER = 2.0, 3.0
TARGETS = {
    "applied_p50_ms_loaded": (Target(40, "at most"), "ms"),
    "applied_p50_ms_idle": (Target(150, "at most"), "ms"),
    "takeover_seconds": (Target(2, "at most"), "s"),
    "relay_takeover_seconds": (Target(2, "at most"), "s"),
}


def measure(stage: Stage, rounds: int, idle_events: int) -> dict[str, dict[str, Any]]:
    """All figures, by their names."""
    participants = {
        "applied_p50_ms_loaded": lambda: _loaded(stage),
        "applied_p50_ms_idle": lambda: _idle(stage, idle_events),
        "takeover_seconds": lambda: _takeover(stage, LISTENER, "consumer"),
        "relay_takeover_seconds": lambda: _takeover(stage, PUBLISHER, "relay"),
    }
    figures = interleave(participants, rounds)
    return {name: summary(figures[name], target, unit) for name, (target, unit) in TARGETS.items()}


def _loaded(stage: Stage) -> float:
    with stage.worker(PUBLISHER, "relay"), stage.worker(LISTENER, "consumer"):
        _arrives(stage, [stage.register_one()])
        with _writing(stage) as people:
            time.sleep(LOADED_SECONDS)
        return _p50_ms(stage, people)


def _idle(stage: Stage, events: int) -> float:
    people = []
    with stage.worker(PUBLISHER, "relay"), stage.worker(LISTENER, "consumer"):
        _arrives(stage, [stage.register_one()])
        for _ in range(events):
            time.sleep(random.uniform(*IDLE_SECONDS))  # noqa: S311 - so that no poll keeps step with us
            people.append(stage.register_one())
        return _p50_ms(stage, people)


def _takeover(stage: Stage, service: str, role: str) -> float:
    """The longest silence of the listener around the kill, with 100 commits a second."""
    other = (PUBLISHER, "relay") if role == "consumer" else (LISTENER, "consumer")
    with stage.worker(*other), stage.worker(service, role) as active:
        _arrives(stage, [stage.register_one()])
        with stage.worker(service, role, started=True):
            with _writing(stage) as people:
                time.sleep(BEFORE)
                active.kill()
                active.wait(10)
                time.sleep(AFTER)
            _arrives(stage, people)
    applied = sorted(set(stage.known_at(people).values()))
    return max((later - earlier).total_seconds() for earlier, later in pairwise(applied))


def _p50_ms(stage: Stage, people: list[UUID]) -> float:
    _arrives(stage, people)
    committed, known = stage.committed_at(people), stage.known_at(people)
    return median((known[person] - committed[person]).total_seconds() * 1000 for person in people)


def _arrives(stage: Stage, people: list[UUID]) -> None:
    if not wait_until(lambda: len(stage.known_at(people)) == len(people), within=60, every=0.2):
        raise MeasurementFailed("not all that was committed was applied within a minute")


@contextmanager
def _writing(stage: Stage) -> Iterator[list[UUID]]:
    """Meanwhile people are registered, 100 a second."""
    people: list[UUID] = []
    stop = threading.Event()

    def write() -> None:
        due = time.monotonic()
        while not stop.is_set():
            people.append(stage.register_one())
            due += 1 / LOADED_PER_SECOND
            stop.wait(max(0.0, due - time.monotonic()))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield people
    finally:
        stop.set()
        writer.join()
