"""The roles of a worker. Each `step` does one piece of work, or rests until there may be some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from beraad.messaging.consumer import Consumer
from beraad.messaging.relay import Relay
from beraad.perform import Store
from beraad.service import DueWork, Job
from beraad.settings import Settings
from beraad.storage.leadership import Leadership
from beraad.worker.bells import Waking

BROKER_REST = 1.0


class Role(Protocol):
    """One thread's work."""

    longest_rest: float
    easing: float
    """By what factor a rest is longer than the one before, where there was nothing to do."""

    def step(self, rest: float) -> bool:
        """Do one piece; with nothing to do, sleep at most `rest` seconds. Says whether anything was done."""

    def close(self) -> None:
        """Give back what is held, so that a standby goes on."""


class RelayRole:
    """Numbers and sends this service's own events."""

    easing = 1.1
    """Commits of other processes ring no bell on another machine: twenty events a second should find it awake."""

    def __init__(self, relay: Relay, waking: Waking) -> None:
        self._relay = relay
        self._bell = waking.committed
        self.longest_rest = waking.relay_rest

    def step(self, rest: float) -> bool:
        """Move a batch, or wait for the next commit."""
        heard = self._bell.rings
        if self._relay.step():
            return True
        self._bell.wait(rest, heard)
        return False

    def close(self) -> None:
        """Step down."""
        self._relay.close()


class ConsumerRole:
    """Applies the others' events. Where no broker sees to it, `leadership` keeps one consumer active."""

    easing = 2.0

    def __init__(self, consumer: Consumer, leadership: Leadership | None, waking: Waking) -> None:
        self._consumer = consumer
        self._leadership = leadership
        self._waking = waking
        self.longest_rest = waking.feed_rest if leadership else BROKER_REST

    def step(self, rest: float) -> bool:
        """Apply a batch; what it left behind (due rows) is told to the other roles."""
        if self._leadership is not None and not self._leadership.held():
            self._waking.published.wait(rest)
            return False
        if not self._consumer.step(rest):
            return False
        self._waking.committed.ring_here()
        return True

    def close(self) -> None:
        """Stop reading, step down."""
        self._consumer.close()
        if self._leadership is not None:
            self._leadership.release()


class _ByTurns:
    """Does pieces of several kinds of work by turns. Any number of these may run: each piece is claimed by its row."""

    easing = 2.0

    def __init__(self, work: Sequence[Callable[[], bool]], waking: Waking) -> None:
        self._work = work
        self._bell = waking.committed
        self.longest_rest = waking.due_rest

    def step(self, rest: float) -> bool:
        """One piece of each kind, or wait for the next commit; time passing rings no bell."""
        heard = self._bell.rings
        done, failed = False, None
        for once in self._work:  # all of them: neither a busy kind nor one that fails may starve the others
            try:
                done |= once()
            except Exception as error:  # raised below
                failed = failed or error
        if done:
            self._bell.ring_here()  # what is due often leads to a job: no event tells of it
        if failed is not None:
            raise failed
        if done:
            return True
        self._bell.wait(rest, heard)
        return False

    def close(self) -> None:
        """Nothing is held between steps."""


class DueRole(_ByTurns):
    """Does what falls due, each piece in a moment."""

    def __init__(
        self, work: Sequence[DueWork], store: Store[Any], settings: Settings, waking: Waking
    ) -> None:
        super().__init__([partial(due.once, store, settings) for due in work], waking)


class JobsRole(_ByTurns):
    """Does what takes seconds to minutes, and nothing else waits for it."""

    def __init__(
        self,
        jobs: Sequence[Job],
        store: Store[Any],
        settings: Settings,
        waking: Waking,
        alive: Callable[[], bool],
    ) -> None:
        super().__init__([partial(job.once, store, settings, alive) for job in jobs], waking)
