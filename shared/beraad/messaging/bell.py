"""Waking each other without busy polling.

A commit that wrote events rings its service's bell; the worker that waits on it looks at once. A missed
ring costs only the waiter's polling interval: the truth is always in the database.
"""

from __future__ import annotations

import os
import select
import threading
from contextlib import suppress
from copy import copy


class Bell:
    """Wakes the waiting threads of this process, and forwards the ring to other processes' bells."""

    def __init__(self, remote: PipeBell | None = None) -> None:
        """`remote` is a pipe made before the fork whose other end some worker listens to."""
        self._condition = threading.Condition()
        self._rings = 0
        self._ringers = b""
        self._remote = remote

    def ring(self) -> None:
        """Wake whoever waits, here and at the other end of the pipe. Never blocks."""
        if self._remote is not None:
            self._remote.ring()
        self.ring_here()

    def ring_here(self, ringers: bytes = b"") -> None:
        """Wake the threads of this process only; `ringers` are the marks of those who rang from afar."""
        with self._condition:
            self._rings += 1
            self._ringers += ringers
            self._condition.notify_all()

    def ringers(self) -> frozenset[int]:
        """The marks of those who rang since this was last asked."""
        with self._condition:
            marks, self._ringers = frozenset(self._ringers), b""
            return marks

    @property
    def rings(self) -> int:
        """How often it rang; pass it to `wait` so that a ring in between is not missed."""
        return self._rings

    def wait(self, timeout: float, heard: int | None = None) -> bool:
        """Sleep until the next ring after `heard`, or `timeout` seconds. True if it rang."""
        with self._condition:
            seen = self._rings if heard is None else heard
            return self._condition.wait_for(lambda: self._rings != seen, timeout)


class PipeBell:
    """A pipe inherited at the fork: many may ring, one process listens."""

    def __init__(self) -> None:
        """Open the pipe; both ends stay open in the parent so that a restarted child inherits them."""
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)
        self._mark = b"\0"

    def marked(self, mark: int) -> PipeBell:
        """The same pipe in the hand of one ringer, whom the listener can tell from the others (0 to 255)."""
        same = copy(self)
        same._mark = bytes([mark])  # noqa: SLF001 - our own class
        return same

    def ring(self) -> None:
        """Leave our mark for the listener; a full pipe already rings."""
        with suppress(BlockingIOError, OSError):
            os.write(self._write, self._mark)

    def listen(self, bell: Bell) -> threading.Thread:
        """Forward every ring to `bell` in this process, from a daemon thread."""
        thread = threading.Thread(target=self._forward, args=(bell,), name="bell", daemon=True)
        thread.start()
        return thread

    def _forward(self, bell: Bell) -> None:
        while True:
            select.select([self._read], [], [])
            with suppress(BlockingIOError):
                bell.ring_here(os.read(self._read, 4096))


SILENT = Bell()
