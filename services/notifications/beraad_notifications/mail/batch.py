"""The letters a worker holds, one after the other, as long as it may go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from beraad.perform import Store, reading
from beraad_notifications.domain.deliveries import MAIL
from beraad_notifications.use_cases.ports import Letter

LONGEST = 30.0
LOOK_EVERY = 5
LOOK_AFTER = 1.0
"""What was read of recipients and of the channel is read again after so many letters, or seconds: an address may be suppressed meanwhile."""


class Batch:
    """Each letter with why it is not sent now, or None. Whoever is told why gives the letter back untried.

    What was settled by others meanwhile (its recipient is erased) is left out.
    """

    def __init__(
        self,
        store: Store[Any],
        letters: Sequence[Letter],
        alive: Callable[[], bool],
        longest: float = LONGEST,
    ) -> None:
        """They were claimed just now. `alive` is called before each; False says that the worker stops. `longest`: seconds."""
        self._store = store
        self._letters: list[Letter | None] = list(letters)
        self._alive = alive
        self._longest = longest
        self._over: str | None = None
        self._looked_at = (0, time.monotonic())

    def __iter__(self) -> Iterator[tuple[Letter, str | None]]:
        """In order."""
        deadline = time.monotonic() + self._longest
        for number in range(len(self._letters)):
            if self._is_old(number):
                self._look_again(number)
            if not self._alive():
                self.end("the worker stops")
            if time.monotonic() > deadline:
                self.end("the batch took too long")
            letter = self._letters[number]
            if letter is not None:
                yield letter, self._over

    def end(self, why: str) -> None:
        """Nothing more of it is sent."""
        self._over = self._over or why

    def _is_old(self, number: int) -> bool:
        looked, at = self._looked_at
        return number > looked and (number - looked >= LOOK_EVERY or time.monotonic() - at > LOOK_AFTER)

    def _look_again(self, number: int) -> None:
        self._looked_at = (number, time.monotonic())
        coming = range(number, min(number + LOOK_EVERY, len(self._letters)))
        letters = {at: letter for at in coming if (letter := self._letters[at]) is not None}
        with reading(self._store, glancing=True) as work:
            if not work.channels.seen(MAIL).is_open:
                self.end("the channel is paused")
            held = work.deliveries.still_held([letter.claim for letter in letters.values()])
        for at, letter in letters.items():
            claim = held.get(letter.claim.delivery_id)
            self._letters[at] = None if claim is None else replace(letter, claim=claim)
