"""A role in its thread: stepping while there is work, resting when idle, backing off after an error."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import structlog

from beraad.messaging.consumer import TRANSIENT
from beraad.messaging.relay import TransportDown
from beraad.messaging.sources import FeedUnavailable
from beraad.messaging.topology import BrokerUnavailable
from beraad.worker.roles import Role

PASSING = (*TRANSIENT, TransportDown, FeedUnavailable, BrokerUnavailable)
"""Something outside is away: the role keeps what it holds and tries again."""
BUSY_REST = 0.02
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
log = structlog.get_logger()


class Loop(threading.Thread):
    """Runs one role until `stop`. `lived_at` and `error` tell how it fares."""

    def __init__(
        self, name: str, open_role: Callable[[Callable[[], bool]], Role], stop: threading.Event
    ) -> None:
        """`open_role` makes the role, and is called again after an error that is not known to pass.

        It is given what the role calls in the middle of a long step, to be taken for alive; False says that the worker stops.
        """
        super().__init__(name=name, daemon=True)
        self._open_role = open_role
        self._stopping = stop
        self._role: Role | None = None
        self._pause = FIRST_PAUSE
        self._rest = BUSY_REST
        self.error: str | None = None
        self.lived_at = time.monotonic()

    def run(self) -> None:
        """Until `stop`; then close the role."""
        while not self._stopping.is_set():
            try:
                self._step()
            except PASSING as error:
                self._back_off(error)
            except Exception as error:
                log.exception("role_failed", role=self.name)
                self._close()
                self._back_off(error)
        self._close()

    def _step(self) -> None:
        if self._role is None:
            self._role = self._open_role(self._live)
        busy = self._role.step(min(self._rest, self._role.longest_rest))
        self._rest = BUSY_REST if busy else min(self._rest * self._role.easing, self._role.longest_rest)
        self._live()
        self._pause = FIRST_PAUSE
        if self.error is not None:
            log.info("role_recovered", role=self.name)
            self.error = None

    def _back_off(self, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        if self.error is None:
            log.warning("role_waits", role=self.name, error=told)
        self.error = told
        self._live()
        self._stopping.wait(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - to spread the retries
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _live(self) -> bool:
        self.lived_at = time.monotonic()
        return not self._stopping.is_set()

    def _close(self) -> None:
        role, self._role = self._role, None
        try:
            if role is not None:
                role.close()
        except Exception as error:
            log.warning("role_not_closed", role=self.name, error=repr(error))
