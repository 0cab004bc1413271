"""The steps of a delivery that its row forgets: what happened to it, when, what was told, and what was to follow.

What the row itself knows (when it was queued, how it ended) is not written down twice, so a mail that goes out at once
costs no step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from beraad_notifications.domain.deliveries import Claim, Outcome, State
from beraad_notifications.domain.holding_back import WAITS


class What(StrEnum):
    """What happened."""

    HELD_BACK = "held_back"
    COLLECTED = "collected"
    BROUGHT_FORWARD = "brought_forward"
    LOOKED_AT_AGAIN = "looked_at_again"
    ADDRESS_KNOWN = "address_known"
    GIVEN_BACK = "given_back"
    CHANNEL_REFUSED = "channel_refused"
    DEFERRED = "deferred"
    IN_DOUBT = "in_doubt"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of them; `at` is real time, and so is `next_at` unless it is a digest that is due then."""

    delivery_id: UUID
    person_id: UUID
    at: datetime
    what: What
    told: str = ""
    """The mail server's words, or the reason."""
    next_at: datetime | None = None
    attempt: int = 0


def step_of(outcome: Outcome) -> Step | None:
    """What is to be remembered of an outcome; nothing, where its row says it: it is settled, or waits on for the same reason."""
    if outcome.settled or _waits_on(outcome):
        return None
    return Step(
        delivery_id=outcome.claim.delivery_id,
        person_id=outcome.claim.person_id,
        at=outcome.at,
        what=_what(outcome),
        told=outcome.reason,
        next_at=outcome.next_at,
        attempt=outcome.claim.attempts - outcome.untried,
    )


def left_by_worker(claim: Claim, at: datetime) -> Step | None:
    """Somebody had it and ended without a word, which shows when it is claimed again."""
    if not claim.left_sending or claim.erased:
        return None
    return Step(
        delivery_id=claim.delivery_id,
        person_id=claim.person_id,
        at=at,
        what=What.LEFT,
        attempt=claim.attempts - 1,
    )


def _waits_on(outcome: Outcome) -> bool:
    """It was given back before, for the same reason."""
    return _what(outcome) is What.GIVEN_BACK and outcome.reason == outcome.claim.reason


def _what(outcome: Outcome) -> What:
    if outcome.state is State.COLLECTED:
        return What.COLLECTED
    if outcome.reason == WAITS:
        return What.HELD_BACK
    if outcome.channel_refused:
        return What.CHANNEL_REFUSED
    if outcome.untried:
        return What.GIVEN_BACK
    return What.IN_DOUBT if outcome.uncertain else What.DEFERRED
