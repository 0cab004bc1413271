"""A long job: send what is queued.

No transaction is open while mail is sent: claim and commit, send, record and commit. A worker holds only a few at a time:
as many as it recorded, it claims again. Whoever dies in between leaves deliveries that are sent again when their lease
ends: that window is the only one for duplicates, and it is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import random
from typing import Any

import structlog

from beraad.clock import real_now
from beraad.perform import Store, perform, reading
from beraad.settings import Settings
from beraad_notifications.domain.deliveries import MAIL, Claim, Outcome, Said, after_sending, before_sending
from beraad_notifications.mail.clerks import CONNECTIONS, Clerks, Shift
from beraad_notifications.mail.gauges import Gauges, count, count_doubt, count_reply, show_away
from beraad_notifications.mail.pile import Pile
from beraad_notifications.mail.smtp import TIMEOUT
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, ClaimedDeliveries
from beraad_notifications.use_cases.end_leases import EndLeases, end_leases
from beraad_notifications.use_cases.judge_channel import RefusedAtTheDoor, refused_at_the_door
from beraad_notifications.use_cases.record_and_claim import RecordAndClaim, record_and_claim
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes
from beraad_notifications.use_cases.try_channel import TryChannel, try_channel

LONGEST_BATCH = 10.0
"""Seconds: then the worker shows its figures anew, and both clerks go home for that. The channel is looked at all the time."""
RECORD_EVERY = 10
"""Outcomes are recorded after so many mails, and as many are claimed with them: each time is a transaction."""
IN_HAND = RECORD_EVERY * CONNECTIONS
"""A worker holds so many deliveries at most: what a kill -9 leaves in doubt, and may send twice, is among these."""
AWAY = "the mail server is away"
log = structlog.get_logger()


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
        self._gauges = Gauges()
        self._clerks: Clerks | None = None
        self._unrecorded: list[Outcome] = []

    def once(self, store: Store[Any], settings: Settings, alive: Callable[[], bool] = lambda: True) -> bool:
        """Send one batch, or what of it was sent while `alive`: the rest is given back.

        False when nothing is due, or the mail server is away or does not want us (then nothing is claimed).
        """
        self._take_back(store)
        self._record(store)
        self._gauges.show(store, self._now())
        clerks = self._clerks_for(settings)
        with reading(store, glancing=True) as work:
            due = work.deliveries.any_due(self._now())
            channel = work.channels.seen(MAIL) if due else None
        if channel is None:
            clerks.rest()
            return False
        batch = Batch(Pile(store, alive), settings.mail_per_domain)
        if not channel.is_open:
            return channel.may_try(self._now()) and self._try(store, clerks, batch)
        return self._open(store, clerks) and self._send(store, clerks, batch)

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

    def _open(self, store: Store[Any], clerks: Clerks) -> bool:
        opened = clerks.open()
        show_away(away=not opened and clerks.refusal is None)
        if opened:
            return True
        if clerks.refusal is not None:
            count_reply(clerks.refusal)
            perform(store, refused_at_the_door, RefusedAtTheDoor(clerks.refusal, self._now(), self._chance()))
            log.error("mail_channel_paused", said=clerks.refusal)
        return False

    def _try(self, store: Store[Any], clerks: Clerks, batch: Batch) -> bool:
        """The channel is paused, and its time has come: one delivery tells whether it works again."""
        batch.more = False
        batch.took(perform(store, try_channel, TryChannel(self._now())))
        return self._send(store, clerks, batch)

    def _send(self, store: Store[Any], clerks: Clerks, batch: Batch) -> bool:
        pile = batch.pile
        with clerks.shift(pile.alive) as shift, self._noting_the_rest(pile, shift):
            while True:
                self._record_and_claim(store, batch, IN_HAND - shift.in_hand - len(pile))
                if not pile and not shift.in_hand:
                    return batch.claimed > 0
                self._post_some(pile, shift)

    def _post_some(self, pile: Pile, shift: Shift) -> None:
        for _ in range(RECORD_EVERY):
            self._hand_out(pile, shift)
            if not shift.in_hand:
                return
            self._note(shift, pile)

    def _record_and_claim(self, store: Store[Any], batch: Batch, room: int) -> None:
        limit = batch.share(room)
        if not limit:
            self._record(store)
            return
        claim = ClaimDeliveries(limit, self._now(), batch.per_domain)
        outcomes = RecordOutcomes(tuple(self._unrecorded), self._chance())
        claimed = perform(store, record_and_claim, RecordAndClaim(outcomes, claim))
        self._unrecorded.clear()
        batch.took(claimed, limit)

    @contextmanager
    def _noting_the_rest(self, pile: Pile, shift: Shift) -> Iterator[None]:
        """Where recording or claiming fails, what became of letters in hand is recorded later, with what failed."""
        try:
            yield
        except BaseException:
            pile.end("the batch was broken off")
            shift.end("the batch was broken off")
            self._hand_out(pile, shift)
            while shift.in_hand:
                self._note(shift, pile)
            raise

    def _hand_out(self, pile: Pile, shift: Shift) -> None:
        """As many as the clerks need; what is not to be sent any more goes to nobody."""
        while (pile.over or shift.room) and (taken := pile.next()) is not None:
            letter, until, why_not = taken
            if (unwanted := before_sending(letter.claim, self._now())) is not None:
                count(unwanted)
                self._unrecorded.append(unwanted)
            elif why_not is not None:
                self._keep(letter.claim, Said.NOT_TRIED, why_not)
            else:
                shift.hand_out(letter, until)

    def _note(self, shift: Shift, pile: Pile) -> None:
        posted = shift.next()
        outcome = self._keep(posted.letter.claim, posted.said, posted.told)
        if shift.deserted:
            pile.end(AWAY)  # else what comes back is claimed again, and again
            shift.end(AWAY)
        if outcome.address_refused:
            pile.grow_old()
        if outcome.channel_refused:
            pile.end("the channel is paused")
            shift.end("the channel is paused")
            log.error("mail_channel_paused", delivery=str(outcome.claim.delivery_id), said=outcome.reason)

    def _keep(self, claim: Claim, said: Said, told: str) -> Outcome:
        outcome = after_sending(claim, said, told, self._now(), self._chance())
        count(outcome)
        if said is not Said.NOT_TRIED:
            count_reply(told)
        if said not in {Said.ACCEPTED, Said.NOT_TRIED}:
            log.warning("mail_not_accepted", delivery=str(claim.delivery_id), kind=claim.kind_name, said=told)
        self._unrecorded.append(outcome)
        return outcome

    def _record(self, store: Store[Any]) -> None:
        if self._unrecorded:
            perform(store, record_outcomes, RecordOutcomes(tuple(self._unrecorded), self._chance()))
            self._unrecorded.clear()


class Batch:
    """Until when deliveries may be claimed, and whether there are more; those that are claimed lie on the pile."""

    def __init__(self, pile: Pile, per_domain: int) -> None:
        """`per_domain`: as in `ClaimDeliveries`."""
        self.pile = pile
        self.per_domain = per_domain
        self.more = True
        self.claimed = 0
        self._until = time.monotonic() + LONGEST_BATCH

    def share(self, room: int) -> int:
        """How many to claim where there is room for so many."""
        may = self.more and not self.pile.over and time.monotonic() <= self._until
        return room if may else 0

    def took(self, claimed: ClaimedDeliveries, asked: int = 0) -> None:
        """When less was claimed than asked for, nothing more is due."""
        number = len(claimed.letters) + len(claimed.settled)
        self.claimed += number
        self.more = self.more and number == asked
        for outcome in claimed.settled:
            count(outcome)
        for claim in claimed.doubtful:
            count_doubt(claim)
        self.pile.put(claimed.letters)
