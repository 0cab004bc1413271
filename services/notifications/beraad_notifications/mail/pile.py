"""The letters a worker holds and has not handed out: each is looked at again where it has lain there for a moment."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from beraad.perform import Store, reading
from beraad_notifications.domain.deliveries import MAIL
from beraad_notifications.use_cases.ports import Letter

LONGEST_WAIT = 30.0
"""Seconds after its claim in which a letter is begun, or given back: what is begun then ends before its lease does."""
FRESH = 0.2
"""Seconds for which it counts what was read of recipients and of the channel: an address may be suppressed meanwhile."""

NO_TIME = "nobody had time for it"


class Pile:
    """First in, first out. Used by one thread.

    What was settled by others meanwhile (its recipient is erased) is left out.
    """

    def __init__(self, store: Store[Any], alive: Callable[[], bool]) -> None:
        """`alive` is called before each letter; False says that the worker stops."""
        self._store = store
        self.alive = alive
        self._letters: deque[tuple[Letter, float]] = deque()
        self._read_at = 0.0
        self.over: str | None = None
        """Why nothing more is sent, where that is so."""

    def __len__(self) -> int:
        """How many lie there."""
        return len(self._letters)

    def put(self, letters: Sequence[Letter]) -> None:
        """They were claimed just now."""
        if not self._letters:
            self._read_at = time.monotonic()
        until = time.monotonic() + LONGEST_WAIT
        self._letters.extend((letter, until) for letter in letters)

    def next(self) -> tuple[Letter, float, str | None] | None:
        """A letter, until when (monotonic seconds) it is begun, and why it is given back untried, or None where it is sent.

        None when there is no letter.
        """
        if not self.alive():
            self.end("the worker stops")
        if self._letters and self.over is None and time.monotonic() - self._read_at > FRESH:
            self._look_again()
        if not self._letters:
            return None
        letter, until = self._letters.popleft()
        return letter, until, self.over or (NO_TIME if time.monotonic() > until else None)

    def end(self, why: str) -> None:
        """Nothing more of it is sent."""
        self.over = self.over or why

    def grow_old(self) -> None:
        """Something was found out that concerns other letters: all are looked at again."""
        self._read_at = 0.0

    def _look_again(self) -> None:
        self._read_at = time.monotonic()
        if any(letter.claim.trial for letter, _ in self._letters):
            return
        with reading(self._store, glancing=True) as work:
            if not work.channels.seen(MAIL).is_open:
                self.end("the channel is paused")
            held = work.deliveries.still_held([letter.claim for letter, _ in self._letters])
        self._letters = deque(
            (replace(letter, claim=claim), until)
            for letter, until in self._letters
            if (claim := held.get(letter.claim.delivery_id)) is not None
        )
