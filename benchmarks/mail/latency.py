"""How long from a commit in deliberation until the mail server has accepted the mail, under load and from idle.

The moment before the transaction is begun and the moment the sink wrote down, by the clock of one machine: with the
commit itself, which is to our disadvantage.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

from benchmarks.mail.stage import NOTIFICATIONS, MeasurementFailed, Nothing, Stage
from benchmarks.rounds import Target, interleave, percentile, summary
from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.perform import WORKER, Store, transaction
from beraad.service import find_service, open_store
from beraad.settings import read_settings
from beraad_deliberation.domain.events import TaskAssigned
from notifications.many import many_people
from servers.processes import wait_until
from worlds.world import World, open_world

LOADED_PER_SECOND, LOADED_SECONDS = 20, 10.0
IDLE_SECONDS = (1.0, 2.0)
PAUSES: dict[str, Callable[[], float]] = {
    "loaded": lambda: 1 / LOADED_PER_SECOND,
    "idle": lambda: random.uniform(*IDLE_SECONDS),  # noqa: S311 - so that no poll keeps step with us
}
TARGETS = {
    "mail_p50_ms_loaded": Target(100, "at most"),
    "mail_p99_ms_loaded": Target(600, "at most"),
    "mail_p50_ms_idle": Target(250, "at most"),
    "mail_p99_ms_idle": Target(600, "at most"),
}


def measure(stage: Stage, rounds: int, idle_mails: int) -> dict[str, dict[str, Any]]:
    """All figures, by their names."""
    loaded = int(LOADED_PER_SECOND * LOADED_SECONDS)
    with Nothing() as sink, _running(stage, sink) as tasks:
        tasks.assigned(3, lambda: 0.5)  # caches are warm
        delays: dict[str, list[list[float]]] = {"loaded": [], "idle": []}

        def p50(how: str, count: int) -> float:
            pause = PAUSES[how]
            delays[how].append(tasks.assigned(count, pause))
            return percentile(delays[how][-1], 0.5)

        interleave({"loaded": lambda: p50("loaded", loaded), "idle": lambda: p50("idle", idle_mails)}, rounds)
    shares = {"p50": 0.5, "p99": 0.99}
    return {
        name: summary(
            [percentile(one, shares[name.split("_")[1]]) for one in delays[name.split("_")[3]]], target, "ms"
        )
        for name, target in TARGETS.items()
    }


class Tasks:
    """Assigned in deliberation, each to somebody who was assigned none before."""

    def __init__(self, world: World, store: Store[Any], sink: Nothing) -> None:
        self._store = store
        self._sink = sink
        self._group = world.group("Housing")
        self._people = iter(many_people(world, self._group, 5_000).items())

    def assigned(self, count: int, pause: Callable[[], float]) -> list[float]:
        """So many; how long each took until its mail was accepted, in ms."""
        began: dict[str, float] = {}
        due = time.monotonic()
        for _ in range(count):
            person, address = next(self._people)
            began[address] = time.time()
            self._assign(person)
            due += pause()
            time.sleep(max(0.0, due - time.monotonic()))
        accepted: dict[str, float] = {}

        def all_came() -> bool:
            accepted.update({a.recipient: a.at for a in self._sink.attempts() if a.recipient in began})
            return len(accepted) == count

        if not wait_until(all_came, within=60, every=0.2):
            raise MeasurementFailed(f"{len(accepted)} of {count} mails were accepted within a minute")
        return [1000 * (accepted[address] - at) for address, at in began.items()]

    def _assign(self, owner: UUID) -> None:
        with transaction(self._store, WORKER) as work:
            work.publish(
                TaskAssigned(
                    task_id=new_id(),
                    revision=1,
                    decision_id=new_id(),
                    minutes_id=None,
                    meeting_id=None,
                    group_id=self._group,
                    owner_id=owner,
                    title="Publish the first page",
                    due_on=real_now().date(),
                )
            )


@contextmanager
def _running(stage: Stage, sink: Nothing) -> Iterator[Tasks]:
    """The processes a mail comes through: one worker of notifications with all its roles, as `docker-compose.yml` starts it."""
    store = open_store("deliberation", find_service("deliberation").database, read_settings("deliberation"))
    with stage.notifications() as world, ExitStack() as running:
        running.callback(store.engine.dispose)
        running.enter_context(stage.membership_answers())
        for publisher in ("membership", "deliberation"):
            running.enter_context(stage.process("worker", publisher, "--only", "relay"))
        running.enter_context(stage.process("worker", NOTIFICATIONS, smtp_url=sink.url))
        _somebody_is_registered()
        yield Tasks(world, store, sink)


def _somebody_is_registered() -> None:
    """So that notifications knows how far membership's stream goes."""
    membership = open_world(find_service("membership"), read_settings("membership"))
    membership.person("Ada")
    membership.store.engine.dispose()
