"""What Prometheus is told of mail: how long it waits, what servers say, whether it goes out."""

from __future__ import annotations

import time
from datetime import datetime
from functools import partial
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from beraad.perform import Store, reading
from beraad_notifications.domain.deliveries import MAIL, Claim, Outcome, State
from beraad_notifications.domain.replies import code_of

LOOK_EVERY = 15.0
"""Seconds: as often as Prometheus asks."""
MAILS = Counter("beraad_mails", "Mails by what became of them", ["kind", "state"])
UNCERTAIN = Counter(
    "beraad_mails_uncertain", "Mails of which nobody knows whether the server has them", ["kind"]
)
REPLIES = Counter(
    "beraad_mail_replies",
    "What mail servers answered: the code, and of the enhanced code class and subject",
    ["code", "enhanced"],
)
REFUSED_ADDRESSES = Counter("beraad_mail_addresses_refused", "Addresses that were suppressed on a refusal")
WAITED = Histogram(
    "beraad_mail_wait_seconds",
    "From when a mail was due to when the mail server took it",
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14400, 86400),
)
_gauge = partial(Gauge, multiprocess_mode="mostrecent")
PAUSED = _gauge("beraad_mail_channel_paused", "1 while mail is held up, by hand or by a refusal", ["channel"])
AWAY = _gauge("beraad_mail_server_away", "1 while mail is due and the mail server gives no connection")
OLDEST = _gauge("beraad_mail_oldest_due_seconds", "How long the mail that waits longest is due")
WAITING = _gauge("beraad_mail_waiting", "Mails that are due and not sent")
SUPPRESSED = _gauge("beraad_mail_suppressed_addresses", "Addresses that are left alone")


class Gauges:
    """Looks into the database every quarter of a minute, for one worker."""

    def __init__(self) -> None:
        self._next = 0.0

    def show(self, store: Store[Any], at: datetime) -> None:
        """As it is at that (real) time, if it is time to look again."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_EVERY
        with reading(store, glancing=True) as work:
            figures = work.channels.figures(MAIL, at)
        PAUSED.labels(MAIL).set(figures.paused)
        WAITING.set(figures.due)
        OLDEST.set((at - figures.oldest_due_at).total_seconds() if figures.oldest_due_at else 0)
        SUPPRESSED.set(figures.suppressed)


def show_away(*, away: bool) -> None:
    """Whether the mail server gave a connection when one was last asked for."""
    AWAY.set(away)


def count(outcome: Outcome) -> None:
    """What became of a mail that was due."""
    claim = outcome.claim
    MAILS.labels(claim.kind_name, outcome.state.value).inc()
    if outcome.uncertain:
        UNCERTAIN.labels(claim.kind_name).inc()
    if outcome.address_refused:
        REFUSED_ADDRESSES.inc()
    if outcome.state is State.SENT and claim.due_at is not None:
        WAITED.observe(max(0.0, (outcome.at - claim.due_at).total_seconds()))


def count_reply(told: str) -> None:
    """In the mail server's words."""
    REPLIES.labels(*code_of(told)).inc()


def count_doubt(claim: Claim) -> None:
    """Whoever held it before never said what became of it."""
    UNCERTAIN.labels(claim.kind_name).inc()
