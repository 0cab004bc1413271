"""The letters a worker holds, one after the other, as long as it may go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from beraad.perform import Store, reading
from beraad_notifications.domain.deliveries import MAIL
from beraad_notifications.use_cases.ports import Letter

LONGEST = 30.0
LOOK_EVERY = 5
"""Another worker may have been refused, and have paused the channel: so many mails later nobody sends any more."""


class Batch:
    """Each letter with why it is not sent now, or None. Whoever is told why gives the letter back untried."""

    def __init__(self, store: Store[Any], letters: Sequence[Letter], alive: Callable[[], bool]) -> None:
        """`alive` is called before each letter; False says that the worker stops."""
        self._store = store
        self._letters = letters
        self._alive = alive
        self._over: str | None = None

    def __iter__(self) -> Iterator[tuple[Letter, str | None]]:
        """In order, all of them."""
        deadline = time.monotonic() + LONGEST
        for number, letter in enumerate(self._letters):
            if number and number % LOOK_EVERY == 0:
                self._look_again()
            if not self._alive():
                self.end("the worker stops")
            if time.monotonic() > deadline:
                self.end("the batch took too long")
            yield letter, self._over

    def end(self, why: str) -> None:
        """Nothing more of it is sent."""
        self._over = self._over or why

    def _look_again(self) -> None:
        with reading(self._store, glancing=True) as work:
            if not work.channels.seen(MAIL).is_open:
                self.end("the channel is paused")
