"""Due work: send what is queued.

No transaction is open while mail is sent: claim and commit, send, record and commit. A worker holds only a few at a time:
as many as it recorded, it claims again. Whoever dies in between leaves deliveries that are sent again when their lease
ends: that window is the only one for duplicates, and it is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import random
from typing import Any

import structlog
from prometheus_client import Counter

from beraad.clock import real_now
from beraad.perform import Store, perform, reading
from beraad.settings import Settings
from beraad_notifications.domain.deliveries import Outcome, Said, after_sending
from beraad_notifications.mail.clerks import CONNECTIONS, Clerks, Posted, Shift
from beraad_notifications.mail.smtp import TIMEOUT
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, ClaimedDeliveries
from beraad_notifications.use_cases.end_leases import EndLeases, end_leases
from beraad_notifications.use_cases.record_and_claim import RecordAndClaim, record_and_claim
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes

BATCH = 50
LONGEST_BATCH = 30.0
RECORD_EVERY = 10
"""Outcomes are recorded after so many mails, and as many are claimed with them: to plan a claim takes PostgreSQL 2 ms."""
IN_HAND = RECORD_EVERY * CONNECTIONS
"""A worker holds so many deliveries at most: what a kill -9 leaves in doubt, and may send twice, is among these."""
NOTHING = ClaimedDeliveries([], 0, 0)
log = structlog.get_logger()
MAILS = Counter("beraad_mails", "Mails by what became of them", ["kind", "state"])
UNCERTAIN = Counter(
    "beraad_mails_uncertain", "Mails of which nobody knows whether the server has them", ["kind"]
)


def is_alone(store: Store[Any]) -> bool:
    """SQLite has one worker at a time: a second is refused."""
    return store.engine.dialect.name == "sqlite"


class Delivering:
    """One worker's sending. Keeps its connections, and outcomes that could not be recorded yet."""

    def __init__(
        self,
        now: Callable[[], datetime] = real_now,
        chance: Callable[[], float] = random,
        alone: Callable[[Store[Any]], bool] = is_alone,
        timeout: float = TIMEOUT,
    ) -> None:
        """`now` is real time; `chance` spreads the retries; `alone` says whether no other worker can be sending.

        `timeout`: how many seconds the mail server may take for each answer.
        """
        self._now = now
        self._chance = chance
        self._alone = alone
        self._timeout = timeout
        self._took_back = False
        self._clerks: Clerks | None = None
        self._unrecorded: list[Outcome] = []

    def once(self, store: Store[Any], settings: Settings) -> bool:
        """Send one batch. False when nothing is due, or the mail server is away (then nothing is claimed)."""
        self._take_back(store)
        self._record(store)
        clerks = self._clerks_for(settings)
        with reading(store) as work:
            due = work.deliveries.any_due(self._now())
        if not due:
            clerks.rest()
            return False
        return clerks.open() and self._send_batch(store, clerks)

    def close(self) -> None:
        """End the conversations with the mail server."""
        if self._clerks is not None:
            self._clerks.close()

    def _take_back(self, store: Store[Any]) -> None:
        """What the worker before this one held, if it was killed, need not wait for its lease to end."""
        if not self._took_back and self._alone(store):
            perform(store, end_leases, EndLeases(self._now()))
        self._took_back = True

    def _clerks_for(self, settings: Settings) -> Clerks:
        if self._clerks is None or self._clerks.settings is not settings:
            self.close()
            self._clerks = Clerks(settings, self._timeout)
        return self._clerks

    def _send_batch(self, store: Store[Any], clerks: Clerks) -> bool:
        quota = Quota(BATCH, time.monotonic() + LONGEST_BATCH)
        with clerks.shift() as shift, self._noting_the_rest(shift):
            while True:
                asked = quota.share(IN_HAND - shift.in_hand)
                claimed = self._record_and_claim(store, asked)
                quota.took(asked, claimed)
                shift.hand_out(claimed.letters)
                if not shift.in_hand:
                    return quota.claimed > 0
                for _ in range(min(RECORD_EVERY, shift.in_hand)):
                    self._note(shift.next())

    def _record_and_claim(self, store: Store[Any], limit: int) -> ClaimedDeliveries:
        if not limit:
            self._record(store)
            return NOTHING
        command = RecordAndClaim(RecordOutcomes(tuple(self._unrecorded)), ClaimDeliveries(limit, self._now()))
        claimed = perform(store, record_and_claim, command)
        self._unrecorded.clear()
        for letter in claimed.letters:
            if letter.claim.left_sending:
                UNCERTAIN.labels(letter.claim.kind_name).inc()
        return claimed

    @contextmanager
    def _noting_the_rest(self, shift: Shift) -> Iterator[None]:
        """Where recording or claiming fails, what became of letters in hand is recorded later, with what failed."""
        try:
            yield
        except BaseException:
            shift.end("the batch was broken off")
            while shift.in_hand:
                self._note(shift.next())
            raise

    def _note(self, posted: Posted) -> None:
        claim, said, told = posted.letter.claim, posted.said, posted.told
        outcome = after_sending(claim, said, told, self._now(), self._chance())
        MAILS.labels(claim.kind_name, outcome.state.value).inc()
        if outcome.uncertain:
            UNCERTAIN.labels(claim.kind_name).inc()
        if said not in {Said.ACCEPTED, Said.NOT_TRIED}:
            log.warning("mail_not_accepted", delivery=str(claim.delivery_id), kind=claim.kind_name, said=told)
        self._unrecorded.append(outcome)

    def _record(self, store: Store[Any]) -> None:
        if self._unrecorded:
            perform(store, record_outcomes, RecordOutcomes(tuple(self._unrecorded)))
            self._unrecorded.clear()


@dataclass
class Quota:
    """How many deliveries one batch may still claim, and until when."""

    left: int
    until: float
    claimed: int = 0

    def share(self, most: int) -> int:
        """At most so many of them."""
        return min(most, self.left) if time.monotonic() < self.until else 0

    def took(self, asked: int, claimed: ClaimedDeliveries) -> None:
        """When less was claimed than asked for, nothing more is due."""
        count = len(claimed.letters) + claimed.settled
        self.claimed += count
        self.left = self.left - count if count == asked else 0
