"""Take deliveries to send: a lease on each, and those settled that must not be sent after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_notifications.domain.deliveries import before_sending
from beraad_notifications.use_cases.ports import Letter, Work
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes


@dataclass(frozen=True)
class ClaimDeliveries:
    """At most so many, at this (real) time."""

    limit: int
    at: datetime


@dataclass(frozen=True)
class ClaimedDeliveries:
    """`letters` are to be sent; `doubtful` of them may have been sent by a worker that then ended."""

    letters: list[Letter]
    settled: int
    doubtful: int


def claim_deliveries(command: ClaimDeliveries, work: Work, now: datetime) -> ClaimedDeliveries:
    """The lease ends in five minutes: whoever holds one must have recorded its outcomes by then."""
    claimed = work.deliveries.claim(command.limit, command.at)
    judged = [(letter, before_sending(letter.claim, command.at)) for letter in claimed]
    held_back = tuple(outcome for _, outcome in judged if outcome is not None)
    record_outcomes(RecordOutcomes(held_back), work, now)
    letters = [letter for letter, outcome in judged if outcome is None]
    doubtful = sum(letter.claim.left_sending for letter in claimed)
    return ClaimedDeliveries(letters, len(held_back), doubtful)
