"""Record what became of claimed deliveries, and tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beraad.domain import Event
from beraad_notifications.domain.catalogue import DIGEST
from beraad_notifications.domain.deliveries import Outcome, State
from beraad_notifications.domain.events import DeliveryAccepted, DeliveryFailed
from beraad_notifications.domain.steps import step_of
from beraad_notifications.use_cases.judge_channel import hold_channel, judge_channel
from beraad_notifications.use_cases.ports import Told, Work


@dataclass(frozen=True)
class RecordOutcomes:
    """Of one batch. `chance` in [0, 1) spreads the trials of a paused channel."""

    outcomes: Sequence[Outcome]
    chance: float = 0.5


def record_outcomes(command: RecordOutcomes, work: Work, _now: datetime) -> None:
    """All of them or none; a refused address is suppressed with it; a secret is forgotten, and what a digest repeats of its entries.

    Whose lease ended meanwhile tells nothing: the delivery is with another worker, who will. What a mail server said of
    somebody who was erased while we were talking to it is not kept: it names the address.
    """
    if not command.outcomes:
        return
    hold_channel(command.outcomes, work)
    held = work.deliveries.still_held([outcome.claim for outcome in command.outcomes], lock=True)
    ours = [outcome for outcome in command.outcomes if outcome.claim.delivery_id in held]
    judge_channel(ours, command.chance, work)
    work.deliveries.settle(ours)
    kept = [outcome for outcome in ours if not held[outcome.claim.delivery_id].erased]
    work.steps.add([step for outcome in kept if (step := step_of(outcome)) is not None])
    work.publish(*(fact for outcome in kept for fact in _facts(outcome, work)))
    refused = [outcome for outcome in kept if outcome.address_refused]
    for outcome in sorted(refused, key=lambda one: one.claim.person_id):  # as other workers lock them
        _suppress(outcome, work)
    over = [o.claim.event_id for o in ours if o.settled and (o.claim.kind.secret or o.claim.kind is DIGEST)]
    if over:
        work.notices.forget_told(over)


def _suppress(outcome: Outcome, work: Work) -> None:
    recipient = work.recipients.get(outcome.claim.person_id)
    work.publish(recipient.suppress(outcome.claim.address, outcome.reason, outcome.at))
    work.recipients.put(recipient)


def _facts(outcome: Outcome, work: Work) -> list[Event]:
    """Of a digest: one for each delivery that was told in it."""
    claim = outcome.claim
    if not outcome.settled:
        return []
    if claim.kind is DIGEST:
        ended = work.deliveries.settle_told_in(claim.event_id, outcome)
    else:
        names = ("delivery_id", "person_id", "kind_name", "event_id")
        ended = [Told(revision=claim.revision + 1, **{name: getattr(claim, name) for name in names})]
    return [fact for told in ended if (fact := _fact(told, outcome)) is not None]


def _fact(told: Told, outcome: Outcome) -> Event | None:
    about: dict[str, Any] = {
        "delivery_id": told.delivery_id,
        "revision": told.revision,
        "person_id": told.person_id,
        "kind": told.kind_name,
        "event_id": told.event_id,
    }
    if outcome.state is State.SENT:
        return DeliveryAccepted(**about, accepted_at=outcome.at)
    if outcome.state is State.FAILED:
        return DeliveryFailed(**about, reason=outcome.reason[:500])
    return None
