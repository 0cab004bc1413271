"""Keeps the children running until told to stop; then stops them, within ten seconds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence

import structlog

from beraad.up.child import WATCHED, Child

STOP_WITHIN, USERS_STOP_WITHIN = 10.0, 7.0
log = structlog.get_logger()


class Supervisor:
    """Waits for signals, restarts what died, tells every change."""

    def __init__(self, children: Sequence[Child], tell: Callable[[Sequence[Child]], None]) -> None:
        """`tell` hears of every change."""
        self._children = children
        self._tell = tell

    def run(self, look: Callable[[], float | None]) -> int:
        """Until SIGTERM or SIGINT (0), or until an essential child is beyond help (1).

        `look` is called between events and says after how many seconds it wants to be called again.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        try:
            for child in self._children:
                child.start()
            self._tell(self._children)
            return self._watch(look)
        finally:
            self._stop()

    def _watch(self, look: Callable[[], float | None]) -> int:
        again: float | None = 0.0
        while True:
            if (number := self._wait(again)) in {signal.SIGTERM, signal.SIGINT}:
                log.info("stopping", signal=signal.Signals(number).name)
                return 0
            self._reap()
            self._restart_due()
            if any(child.essential and child.state == "given up" for child in self._children):
                return 1
            again = look() if again is not None else None

    def _wait(self, again: float | None) -> int:
        pauses = [child.start_at - time.monotonic() for child in self._children if child.start_at is not None]
        pauses += [again] if again is not None else []
        if not pauses:
            return signal.sigwaitinfo(WATCHED).si_signo
        received = signal.sigtimedwait(WATCHED, max(0.0, min(pauses)))
        return received.si_signo if received else 0

    def _reap(self) -> None:
        """Every child that ended, however many one signal stands for."""
        changed = False
        for child in self._children:
            if child.pid is None:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                child.ended(status)
                changed = True
        if changed:
            self._tell(self._children)

    def _restart_due(self) -> None:
        due = [c for c in self._children if c.start_at is not None and c.start_at <= time.monotonic()]
        for child in due:
            child.start()
            log.info("process_restarted", process=child.name, pid=child.pid)
        if due:
            self._tell(self._children)

    def _stop(self) -> None:
        """Those that use the others go first; who is left at the deadline, or at a second Ctrl-C, is killed."""
        deadline = time.monotonic() + STOP_WITHIN
        users = [child for child in self._children if not child.serves_others]
        self._ask(users, time.monotonic() + USERS_STOP_WITHIN)
        self._ask(self._children, deadline)
        for child in self._children:
            if child.pid is not None:
                log.warning("process_killed", process=child.name)
                child.send(signal.SIGKILL)
                os.waitpid(child.pid, 0)

    def _ask(self, children: Sequence[Child], deadline: float) -> None:
        for child in children:
            child.send(signal.SIGTERM)
        while any(child.pid is not None for child in children) and (left := deadline - time.monotonic()) > 0:
            received = signal.sigtimedwait(WATCHED, left)
            if received is not None and received.si_signo != signal.SIGCHLD:
                return
            self._bury()

    def _bury(self) -> None:
        for child in self._children:
            if child.pid is not None and os.waitpid(child.pid, os.WNOHANG)[0]:
                child.pid, child.state = None, "stopped"
