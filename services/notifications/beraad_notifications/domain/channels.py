"""The state of a channel: whether mail goes out, or waits until the server takes mail from us again.

A refusal that is about us pauses it for all workers. Then one delivery at a time is tried (half-open): accepted, everything goes on;
refused again, the pause is longer. A pause by hand ends by hand. Times are real time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from beraad_notifications.domain.deliveries import LEASE

TELL_LITTLE = 3
"""Where only mail is tried that was refused before, the pause grows to what follows so many failures (four minutes): a sign-in link may come any moment."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")
LONGEST_REASON = 500


class ChannelState(StrEnum):
    """Where a channel stands."""

    OPEN = "open"
    PAUSED = "paused"
    TRYING = "trying"
    STOPPED = "stopped"


TRANSITIONS: dict[ChannelState, frozenset[ChannelState]] = {
    ChannelState.OPEN: frozenset({ChannelState.PAUSED, ChannelState.STOPPED}),
    ChannelState.PAUSED: frozenset({ChannelState.TRYING, ChannelState.OPEN, ChannelState.STOPPED}),
    ChannelState.TRYING: frozenset(ChannelState),
    ChannelState.STOPPED: frozenset({ChannelState.OPEN}),
}
"""A trial follows another where whoever tried ended without a word."""


@dataclass(eq=False, kw_only=True)
class Channel:
    """One way out, as all workers see it."""

    name: str
    revision: int = 0
    state: ChannelState = ChannelState.OPEN
    reason: str = ""
    """The server's words without the addresses in them, or an administrator's."""
    since: datetime | None = None
    failures: int = 0
    """How often it was refused in a row."""
    next_trial_at: datetime | None = None
    """While a trial runs: when another may begin, should nobody tell what became of it."""
    trial: UUID | None = None
    """The delivery that is being tried."""
    refused: UUID | None = None
    """The delivery whose refusal it was, where it was one."""

    @property
    def is_open(self) -> bool:
        """Whether everything goes out."""
        return self.state is ChannelState.OPEN

    def may_try(self, at: datetime) -> bool:
        """Whether one delivery may be tried now."""
        return self.next_trial_at is not None and at >= self.next_trial_at

    def refuse(
        self, delivery_id: UUID | None, told: str, at: datetime, chance: float, *, doubted: bool = False
    ) -> bool:
        """The server refused us. True where that pauses the channel, for the first time or for longer.

        While it is paused already, only the trial tells something new; little, where that mail was `doubted` before.
        """
        if self.state not in {ChannelState.OPEN, ChannelState.TRYING} or not self._is_news(delivery_id):
            return False
        self.since = self.since or at
        if not doubted or self.failures < TELL_LITTLE:
            self.failures += 1
        self.reason = without_addresses(told)
        self.refused = delivery_id
        self._wait(at, chance)
        return True

    def try_with(self, delivery_id: UUID, at: datetime) -> None:
        """This delivery, and no other, is sent now."""
        self._enter(ChannelState.TRYING)
        self.trial = delivery_id
        self.next_trial_at = at + LEASE

    def tried(self, delivery_id: UUID, at: datetime, chance: float, *, accepted: bool) -> bool:
        """What the trial came to, other than a refusal of us. True where everything goes on.

        A trial that told nothing of us (the mailbox is full, the server away) is repeated after the same pause.
        """
        if self.state is not ChannelState.TRYING or self.trial != delivery_id:
            return False
        if accepted:
            self._open()
        else:
            self._wait(at, chance)
        return accepted

    def stop(self, reason: str, at: datetime) -> bool:
        """By hand: nothing is tried until `resume`. False where that is so already."""
        if self.state is ChannelState.STOPPED:
            return False
        self.since = self.since or at
        self.reason = reason[:LONGEST_REASON]
        self.trial = self.next_trial_at = self.refused = None
        self._enter(ChannelState.STOPPED)
        return True

    def resume(self) -> bool:
        """By hand. False where it is open already."""
        if self.is_open:
            return False
        self._open()
        return True

    def _is_news(self, delivery_id: UUID | None) -> bool:
        return self.is_open or self.trial == delivery_id

    def _wait(self, at: datetime, chance: float) -> None:
        self.trial = None
        self.next_trial_at = at + pause(self.failures, chance)
        self._enter(ChannelState.PAUSED)

    def _open(self) -> None:
        self.reason, self.failures = "", 0
        self.since = self.trial = self.next_trial_at = self.refused = None
        self._enter(ChannelState.OPEN)

    def _enter(self, state: ChannelState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise ValueError(f"a channel that is {self.state} does not become {state}")
        self.state = state
        self.revision += 1


def pause(failures: int, chance: float) -> timedelta:
    """Until the next trial, with full jitter: at most one minute, two, four … up to half an hour; `chance` in [0, 1)."""
    doublings = min(max(failures - 1, 0), 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings)) * chance


def without_addresses(told: str) -> str:
    """What a mail server says names addresses: those of people are no operator's business here."""
    return ADDRESS.sub("…@…", told)[:LONGEST_REASON]
