"""Record what became of claimed deliveries, and tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beraad.domain import Event
from beraad_notifications.domain.deliveries import Outcome, State
from beraad_notifications.domain.events import DeliveryAccepted, DeliveryFailed
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class RecordOutcomes:
    """Of one batch."""

    outcomes: Sequence[Outcome]


def record_outcomes(command: RecordOutcomes, work: Work, _now: datetime) -> None:
    """All of them or none; a refused address is suppressed with it, a secret forgotten."""
    work.deliveries.settle(command.outcomes)
    work.publish(*filter(None, map(_fact, command.outcomes)))
    for outcome in command.outcomes:
        if outcome.address_refused:
            _suppress(outcome, work)
    over = [o.claim.event_id for o in command.outcomes if o.settled and o.claim.kind.secret]
    if over:
        work.notices.forget_secrets(over)


def _suppress(outcome: Outcome, work: Work) -> None:
    recipient = work.recipients.get(outcome.claim.person_id)
    work.publish(recipient.suppress(outcome.claim.address, outcome.reason))
    work.recipients.put(recipient)


def _fact(outcome: Outcome) -> Event | None:
    claim = outcome.claim
    if outcome.state is State.SENT:
        return DeliveryAccepted(
            delivery_id=claim.delivery_id,
            revision=claim.revision + 1,
            person_id=claim.person_id,
            kind=claim.kind_name,
            event_id=claim.event_id,
            accepted_at=outcome.at,
        )
    if outcome.state is State.FAILED:
        return DeliveryFailed(
            delivery_id=claim.delivery_id,
            revision=claim.revision + 1,
            person_id=claim.person_id,
            kind=claim.kind_name,
            event_id=claim.event_id,
            reason=outcome.reason[:500],
        )
    return None
