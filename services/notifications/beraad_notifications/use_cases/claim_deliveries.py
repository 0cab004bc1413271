"""Take deliveries to send: a lease on each, and those settled that must not be sent now: not at all, in a digest, or after quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from beraad_notifications.domain.deliveries import MAIL, Claim, Outcome, Said, after_sending, before_sending
from beraad_notifications.domain.digests import collect
from beraad_notifications.domain.holding_back import comes_too_late, hold_back
from beraad_notifications.domain.steps import left_by_worker
from beraad_notifications.use_cases.keep_to_limits import keep_to_limits
from beraad_notifications.use_cases.ports import Letter, Work
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes

EVENLY = 0.5
"""Of the time until it is tried again, where nothing is gained by spreading it."""
UNREADABLE = (LookupError, ValueError, TypeError, OSError)
"""The last: `ZoneInfo` of a name that is a folder, or too long for one."""
log = structlog.get_logger()


@dataclass(frozen=True)
class ClaimDeliveries:
    """At most so many, at this (real) time; of each recipient's domain at most so many a minute (0: any number)."""

    limit: int
    at: datetime
    per_domain: int = 0


@dataclass(frozen=True)
class ClaimedDeliveries:
    """`letters` are to be sent, `settled` is what became of the others; `doubtful` of both may have been sent by a worker that then ended."""

    letters: list[Letter]
    settled: tuple[Outcome, ...]
    doubtful: tuple[Claim, ...]


NOTHING = ClaimedDeliveries([], (), ())


def claim_deliveries(command: ClaimDeliveries, work: Work, now: datetime) -> ClaimedDeliveries:
    """The lease ends in four minutes: whoever holds one must have recorded its outcomes by then. None while the channel is paused."""
    if not work.channels.is_open(MAIL):
        return NOTHING
    claimed = work.deliveries.claim(command.limit, command.at)
    return settle_or_hand_out(claimed, command.at, work, now, command.per_domain)


def settle_or_hand_out(
    claimed: list[Letter], at: datetime, work: Work, now: datetime, per_domain: int = 0
) -> ClaimedDeliveries:
    """Of what is claimed, what may be sent now; what becomes of the rest is recorded."""
    left = (left_by_worker(letter.claim, at) for letter in claimed)
    work.steps.add([step for step in left if step is not None])
    judged = [(letter, _judged(letter, at, now)) for letter in claimed]
    letters = [letter for letter, outcome in judged if outcome is None]
    waiting = keep_to_limits(letters, per_domain, at, work)
    held_back = (*(outcome for _, outcome in judged if outcome is not None), *waiting)
    record_outcomes(RecordOutcomes(held_back), work, now)
    later = {outcome.claim.delivery_id for outcome in waiting}
    letters = [letter for letter in letters if letter.claim.delivery_id not in later]
    doubtful = tuple(letter.claim for letter in claimed if letter.claim.left_sending)
    return ClaimedDeliveries(letters, held_back, doubtful)


def _judged(letter: Letter, at: datetime, now: datetime) -> Outcome | None:
    """What cannot be read of one letter is tried again like what cannot be composed: it holds up no other."""
    unwanted = before_sending(letter.claim, at)
    if unwanted is not None:
        return unwanted
    try:
        return _not_sent_now(letter, at, now)
    except UNREADABLE as error:
        log.exception("mail_not_judged", delivery=str(letter.claim.delivery_id), kind=letter.claim.kind_name)
        return after_sending(letter.claim, Said.LATER, f"cannot be read: {error!r}", at, EVENLY)


def _not_sent_now(letter: Letter, at: datetime, now: datetime) -> Outcome | None:
    claim, zone = letter.claim, ZoneInfo(letter.time_zone)
    return (
        comes_too_late(claim, letter.told, now, at)
        or collect(claim, letter.told, zone, now, at)
        or hold_back(claim, letter.told, zone, now, at)
    )
