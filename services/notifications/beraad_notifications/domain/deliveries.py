"""The life of a delivery: one mail to one person about one event.

queued → sending (a lease) → sent | deferred | collected | failed | suppressed | uncertain. What is collected waits for a
digest and shares its fate. The unique key (person, event, kind, channel) makes a redelivered event harmless; only the moment after DATA is ambiguous, and it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from beraad_notifications.domain.catalogue import ANY_KIND, Kind, Promise
from beraad_notifications.domain.frequencies import OFF, UNSUBSCRIBED
from beraad_notifications.domain.mornings import MORNINGS, Rhythm
from beraad_notifications.domain.quiet_hours import QuietHours

MAIL = "mail"
LONGEST_PAUSE = timedelta(hours=4)
LEASE = timedelta(minutes=4)
"""Longer than a letter lies in hand (30 s) and one conversation in which the mail server lets us wait for every answer (6 × 20 s and 60 s)."""
MOST_DOUBTS = 5
"""After so many attempts of which nobody knows how they ended it is not sent again: each may have arrived."""


class State(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    COLLECTED = "collected"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNCERTAIN = "uncertain"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.SUPPRESSED, State.FAILED}),
    State.DEFERRED: frozenset({State.SENDING, State.SUPPRESSED, State.FAILED}),
    State.SENDING: frozenset(State) - {State.SENDING},
    State.COLLECTED: frozenset({State.SENT, State.SUPPRESSED, State.FAILED, State.UNCERTAIN}),
}
"""What is not named is settled for good."""
OPEN = tuple(TRANSITIONS)
GAVE_UP = "gave up: "
"""How the reason begins where its time was over; then what was said last."""
CLAIMABLE = (State.QUEUED, State.DEFERRED, State.SENDING)
"""What a worker may take to send it: of these the last, when its lease has ended."""


class Said(StrEnum):
    """What the conversation with the mail server came to."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    ADDRESS_REFUSED = "address_refused"
    POLICY_REFUSED = "policy_refused"
    """We are refused, or this mail alone: which, another delivery tells."""
    CHANNEL_REFUSED = "channel_refused"
    """We are, whatever the mail."""
    UNCERTAIN = "uncertain"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery a worker holds, and what is known of its recipient."""

    delivery_id: UUID
    person_id: UUID
    event_id: UUID
    kind_name: str
    revision: int
    attempts: int
    doubts: int = 0
    """How many attempts were left in doubt, that of a worker that ended included."""
    left_sending: bool
    """Whoever held it before never said what became of it."""
    give_up_at: datetime
    """Until when it is tried; counts once it was tried, but for a secret: that is of no use later."""
    address: str
    erased: bool
    frequency: str
    refused_address: str | None
    why_off: str = UNSUBSCRIBED
    """Why it does not come, where `frequency` is off."""
    quiet_hours: QuietHours | None = None
    rhythm: Rhythm = MORNINGS
    doubted: bool = False
    """The server's policy refused it (or others about the same) while it took another mail."""
    due_at: datetime | None = None
    """Since when it could have been sent."""
    leased_until: datetime | None = None
    """When the lease ends: with `attempts`, which an untried outcome takes back, it tells one claim from another."""
    reason: str = ""
    """Why it waited, if it did."""
    had_turn: bool = False
    """It waited its turn, because so many mails went to the same domain."""
    trial: bool = False
    """It is sent to see whether the channel works again."""

    @property
    def kind(self) -> Kind:
        """Its line in the catalogue."""
        return ANY_KIND[self.kind_name]

    @property
    def first_try(self) -> bool:
        """Nobody told of an attempt before: whoever was away for days, the mail server or we, burns no mail by it."""
        return self.attempts - self.left_sending <= 1 and not self.kind.secret


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What becomes of a claimed delivery."""

    claim: Claim
    state: State
    at: datetime
    reason: str = ""
    next_at: datetime | None = None
    give_up_at: datetime | None = None
    """Until when it is tried, where that changes."""
    uncertain: bool = False
    """This attempt left it in doubt. What a worker that ended left in doubt is counted when it is claimed."""
    address_refused: bool = False
    channel_refused: bool = False
    """The server refused us: the delivery waits with all others."""
    doubted: bool = False
    untried: bool = False

    @property
    def settled(self) -> bool:
        """Nothing more will happen to it."""
        return self.state not in TRANSITIONS


def before_sending(claim: Claim, at: datetime) -> Outcome | None:
    """Why this delivery must not be sent now, or None when it may."""
    kind = claim.kind
    if claim.erased:
        return Outcome(claim=claim, state=State.SUPPRESSED, reason="erased", at=at)
    if not kind.essential and claim.frequency == OFF:
        return Outcome(claim=claim, state=State.SUPPRESSED, reason=claim.why_off, at=at)
    if not kind.essential and claim.refused_address == claim.address:
        return Outcome(claim=claim, state=State.SUPPRESSED, reason="address_refused", at=at)
    if at >= claim.give_up_at and not claim.first_try:
        return Outcome(claim=claim, state=State.FAILED, reason=f"{GAVE_UP}its time was over", at=at)
    if claim.left_sending and kind.promise is Promise.AT_MOST_ONCE:
        reason = "the worker that sent it ended before it could tell"
        return Outcome(claim=claim, state=State.UNCERTAIN, reason=reason, at=at)
    return None


def after_sending(claim: Claim, said: Said, told: str, at: datetime, chance: float) -> Outcome:
    """What follows from the conversation; `chance` in [0, 1) spreads the retries (full jitter)."""
    if said is Said.ACCEPTED:
        return Outcome(claim=claim, state=State.SENT, reason=told, at=at)
    if said in {Said.REFUSED, Said.ADDRESS_REFUSED}:
        refused = said is Said.ADDRESS_REFUSED
        return Outcome(claim=claim, state=State.FAILED, reason=told, at=at, address_refused=refused)
    if said in {Said.POLICY_REFUSED, Said.CHANNEL_REFUSED}:
        return _after_policy(claim, said, told, at)
    if said is Said.NOT_TRIED:
        return Outcome(claim=claim, state=State.DEFERRED, reason=told, at=at, next_at=at, untried=True)
    if said is Said.UNCERTAIN and (
        claim.kind.promise is Promise.AT_MOST_ONCE or claim.doubts + 1 >= MOST_DOUBTS
    ):
        return Outcome(claim=claim, state=State.UNCERTAIN, reason=told, at=at, uncertain=True)
    return _again(claim, told, at, chance, uncertain=said is Said.UNCERTAIN)


def _after_policy(claim: Claim, said: Said, told: str, at: datetime) -> Outcome:
    doubted = said is Said.POLICY_REFUSED
    if doubted and claim.doubted and not claim.trial:
        return Outcome(claim=claim, state=State.FAILED, reason=told, at=at)
    return Outcome(
        claim=claim,
        state=State.DEFERRED,
        reason=told,
        at=at,
        next_at=at,
        channel_refused=True,
        doubted=doubted,
        untried=True,
    )


def _again(claim: Claim, told: str, at: datetime, chance: float, *, uncertain: bool) -> Outcome:
    next_at = at + pause(claim.kind, claim.attempts, chance)
    give_up_at = at + claim.kind.patience if claim.first_try else claim.give_up_at
    if next_at >= give_up_at:
        state = State.UNCERTAIN if uncertain else State.FAILED
        return Outcome(claim=claim, state=state, reason=f"{GAVE_UP}{told}", at=at, uncertain=uncertain)
    return Outcome(
        claim=claim,
        state=State.DEFERRED,
        reason=told,
        at=at,
        next_at=next_at,
        give_up_at=give_up_at,
        uncertain=uncertain,
    )


def pause(kind: Kind, attempts: int, chance: float) -> timedelta:
    """Exponential, with full jitter: at most one `first_pause`, two, four … up to four hours."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(LONGEST_PAUSE, kind.first_pause * (1 << doublings)) * chance
