"""One forked process: what it runs, how it fares, when it may be started again."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

import structlog

from beraad.observability import log_format, set_up_logs
from beraad.up.parent import die_with

WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
"""Blocked in the supervisor, which waits for them; its children get them back."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
MOST_DEATHS, WITHIN_SECONDS = 5, 60.0
log = structlog.get_logger()

State = Literal["stopped", "running", "restarting", "given up"]


@dataclass
class Child:
    """A process to keep running."""

    name: str
    run: Callable[[], None]
    essential: bool = False
    """Without it nothing else makes sense."""
    serves_others: bool = False
    """The others use it, so it stops after them."""
    pid: int | None = None
    state: State = "stopped"
    since: float = 0.0
    restarts: int = 0
    start_at: float | None = None
    _deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))

    def start(self) -> None:
        """Fork. The child runs in a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_child(parent)
        with suppress(OSError):
            os.setpgid(pid, pid)
        self.pid, self.state, self.since, self.start_at = pid, "running", time.time(), None

    def ended(self, status: int) -> None:
        """It was reaped. It is started again after a pause that grows; after five deaths in a minute it is not."""
        now = time.monotonic()
        self.pid, self.since = None, time.time()
        self._deaths.append(now)
        if len(self._deaths) == MOST_DEATHS and now - self._deaths[0] < WITHIN_SECONDS:
            self.state = "given up"
            log.error(
                "process_given_up", process=self.name, deaths=MOST_DEATHS, within_seconds=WITHIN_SECONDS
            )
            return
        recent = sum(now - death < WITHIN_SECONDS for death in self._deaths)
        pause = min(FIRST_PAUSE * 2 ** (recent - 1), LONGEST_PAUSE)
        self.state, self.start_at, self.restarts = "restarting", now + pause, self.restarts + 1
        how = os.waitstatus_to_exitcode(status)
        log.warning("process_died", process=self.name, exit_code=how, again_in_seconds=round(pause, 1))

    def send(self, number: signal.Signals) -> None:
        """Signal it; SIGKILL goes to its whole group."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                (os.killpg if number == signal.SIGKILL else os.kill)(self.pid, number)

    def told(self) -> dict[str, Any]:
        """What the start page says of it."""
        return {"pid": self.pid, "state": self.state, "since": self.since, "restarts": self.restarts}

    def _be_child(self, parent: int) -> NoReturn:
        code = 1
        try:
            os.setpgid(0, 0)
            die_with(parent)
            for number in WATCHED:
                signal.signal(number, signal.SIG_DFL)
            random.seed()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
            set_up_logs(log_format(), self.name)
            self.run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            log.exception("process_failed", process=self.name)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
