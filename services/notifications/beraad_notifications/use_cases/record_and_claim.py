"""Record what became of some deliveries and take as many others: one transaction instead of two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_notifications.use_cases.claim_deliveries import (
    ClaimDeliveries,
    ClaimedDeliveries,
    claim_deliveries,
)
from beraad_notifications.use_cases.ports import Work
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes


@dataclass(frozen=True)
class RecordAndClaim:
    """Both commands, in this order."""

    outcomes: RecordOutcomes
    claim: ClaimDeliveries


def record_and_claim(command: RecordAndClaim, work: Work, now: datetime) -> ClaimedDeliveries:
    """Both happen, or neither does."""
    record_outcomes(command.outcomes, work, now)
    return claim_deliveries(command.claim, work, now)
