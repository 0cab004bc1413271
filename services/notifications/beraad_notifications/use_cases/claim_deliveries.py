"""Take deliveries to send: a lease on each, and those settled that must not be sent now: not at all, in a digest, or after quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from beraad_notifications.domain.deliveries import Outcome, before_sending
from beraad_notifications.domain.digests import collect
from beraad_notifications.domain.holding_back import comes_too_late, hold_back
from beraad_notifications.domain.steps import left_by_worker
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
    """The lease ends in three minutes: whoever holds one must have recorded its outcomes by then."""
    claimed = work.deliveries.claim(command.limit, command.at)
    left = (left_by_worker(letter.claim, command.at) for letter in claimed)
    work.steps.add([step for step in left if step is not None])
    judged = [(letter, _not_sent_now(letter, command.at, now)) for letter in claimed]
    held_back = tuple(outcome for _, outcome in judged if outcome is not None)
    record_outcomes(RecordOutcomes(held_back), work, now)
    letters = [letter for letter, outcome in judged if outcome is None]
    doubtful = sum(letter.claim.left_sending for letter in claimed)
    return ClaimedDeliveries(letters, len(held_back), doubtful)


def _not_sent_now(letter: Letter, at: datetime, now: datetime) -> Outcome | None:
    claim, zone = letter.claim, ZoneInfo(letter.time_zone)
    return (
        before_sending(claim, at)
        or comes_too_late(claim, letter.told, now, at)
        or collect(claim, zone, now, at)
        or hold_back(claim, letter.told, zone, now, at)
    )
