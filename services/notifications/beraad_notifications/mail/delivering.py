"""A long job: send what is queued.

No transaction is open while mail is sent: claim and commit, send, record and commit. Whoever dies in between leaves
deliveries that are sent again when their lease ends: that window is the only one for duplicates, and it is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import random
from typing import Any

import structlog

from beraad.clock import real_now
from beraad.perform import Store, perform, reading
from beraad.settings import Settings
from beraad_notifications.domain.bounces import envelope_sender
from beraad_notifications.domain.deliveries import MAIL, Outcome, Said, after_sending, before_sending
from beraad_notifications.mail.batch import Batch
from beraad_notifications.mail.gauges import Gauges, count, count_doubt, count_reply
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.smtp import Post, mail_server
from beraad_notifications.use_cases.claim_deliveries import (
    ClaimDeliveries,
    ClaimedDeliveries,
    claim_deliveries,
)
from beraad_notifications.use_cases.end_leases import EndLeases, end_leases
from beraad_notifications.use_cases.judge_channel import RefusedAtTheDoor, refused_at_the_door
from beraad_notifications.use_cases.ports import Letter
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes
from beraad_notifications.use_cases.try_channel import TryChannel, try_channel

BATCH = 50
RECORD_EVERY = 5
"""Outcomes are recorded after so many mails: what a kill -9 may send twice is at most these."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """Where letters are written and posted, under these settings."""

    settings: Settings
    post: Post
    composer: Composer

    def sender(self, letter: Letter) -> str | None:
        """The envelope's, which tells which mail comes back; None where it is the same for all."""
        mailbox, secret = self.settings.smtp_bounces, self.settings.secret_key
        return envelope_sender(mailbox, letter.claim.delivery_id, secret) if mailbox else None


def is_alone(store: Store[Any]) -> bool:
    """SQLite has one worker at a time: a second is refused."""
    return store.engine.dialect.name == "sqlite"


class Delivering:
    """One worker's sending. Keeps its connection, and outcomes that could not be recorded yet."""

    def __init__(
        self,
        now: Callable[[], datetime] = real_now,
        chance: Callable[[], float] = random,
        alone: Callable[[Store[Any]], bool] = is_alone,
    ) -> None:
        """`now` is real time; `chance` spreads the retries; `alone` says whether no other worker can be sending."""
        self._now = now
        self._chance = chance
        self._alone = alone
        self._took_back = False
        self._gauges = Gauges()
        self._desk: Desk | None = None
        self._unrecorded: list[Outcome] = []

    def once(self, store: Store[Any], settings: Settings, alive: Callable[[], bool] = lambda: True) -> bool:
        """Send one batch, or what of it was sent while `alive`: the rest is given back.

        False when nothing is due, or the mail server is away or does not want us (then nothing is claimed).
        """
        self._take_back(store)
        self._record(store)
        self._gauges.show(store, self._now())
        desk = self._desk_for(settings)
        with reading(store) as work:
            due = work.deliveries.any_due(self._now())
            channel = work.channels.seen(MAIL)
        if not due:
            desk.post.rest()
            return False
        if not channel.is_open:
            return channel.may_try(self._now()) and self._try(store, desk, alive)
        return self._open(store, desk) and self._send_batch(store, desk, alive)

    def close(self) -> None:
        """End the conversation with the mail server."""
        if self._desk is not None:
            self._desk.post.close()

    def _take_back(self, store: Store[Any]) -> None:
        """What the worker before this one held, if it was killed, need not wait for its lease to end."""
        if not self._took_back and self._alone(store):
            perform(store, end_leases, EndLeases(self._now()))
        self._took_back = True

    def _desk_for(self, settings: Settings) -> Desk:
        if self._desk is None or self._desk.settings is not settings:
            post = Post(mail_server(settings.smtp_url), settings.smtp_sender)
            self._desk = Desk(settings, post, Composer(settings))
        return self._desk

    def _open(self, store: Store[Any], desk: Desk) -> bool:
        if desk.post.open():
            return True
        if desk.post.refusal is not None:
            refusal = RefusedAtTheDoor(desk.post.refusal, self._now(), self._chance())
            perform(store, refused_at_the_door, refusal)
            log.error("mail_channel_paused", said=desk.post.refusal)
        return False

    def _try(self, store: Store[Any], desk: Desk, alive: Callable[[], bool]) -> bool:
        """The channel is paused, and its time has come: one delivery tells whether it works again."""
        claimed = perform(store, try_channel, TryChannel(self._now()))
        return self._send(store, desk, claimed, alive)

    def _send_batch(self, store: Store[Any], desk: Desk, alive: Callable[[], bool]) -> bool:
        claimed = perform(
            store, claim_deliveries, ClaimDeliveries(BATCH, self._now(), desk.settings.mail_per_domain)
        )
        return self._send(store, desk, claimed, alive)

    def _send(
        self, store: Store[Any], desk: Desk, claimed: ClaimedDeliveries, alive: Callable[[], bool]
    ) -> bool:
        batch = Batch(store, claimed.letters, alive)
        for letter, why_not in batch:
            count_doubt(letter.claim)
            outcome = self._deliver(letter, desk, why_not)
            self._unrecorded.append(outcome)
            if outcome.channel_refused:
                batch.end("the channel is paused")
                log.error("mail_channel_paused", delivery=str(letter.claim.delivery_id), said=outcome.reason)
            if outcome.channel_refused or len(self._unrecorded) >= RECORD_EVERY:
                self._record(store)
        self._record(store)
        return bool(claimed.letters or claimed.settled)

    def _deliver(self, letter: Letter, desk: Desk, why_not: str | None) -> Outcome:
        not_wanted = before_sending(letter.claim, self._now())
        if not_wanted is not None:
            return not_wanted
        said, told = (Said.NOT_TRIED, why_not) if why_not else _send(letter, desk)
        outcome = after_sending(letter.claim, said, told, self._now(), self._chance())
        count(outcome)
        if said is not Said.NOT_TRIED:
            count_reply(told)
        if said not in {Said.ACCEPTED, Said.NOT_TRIED}:
            claim = letter.claim
            log.warning("mail_not_accepted", delivery=str(claim.delivery_id), kind=claim.kind_name, said=told)
        return outcome

    def _record(self, store: Store[Any]) -> None:
        if self._unrecorded:
            perform(store, record_outcomes, RecordOutcomes(tuple(self._unrecorded), self._chance()))
            self._unrecorded.clear()


def _send(letter: Letter, desk: Desk) -> tuple[Said, str]:
    try:
        recipient, content = desk.composer.compose(letter)
    except Exception as error:
        log.exception(
            "mail_not_composed", delivery=str(letter.claim.delivery_id), kind=letter.claim.kind_name
        )
        return Said.LATER, f"cannot be composed: {error!r}"
    return desk.post.send(recipient, content, desk.sender(letter))
