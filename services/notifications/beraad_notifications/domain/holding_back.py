"""What quiet hours hold back, and until when; and reminders that would come too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from beraad_notifications.domain.catalogue import Kind, Promise, Urgency
from beraad_notifications.domain.deliveries import Claim, Outcome, State

NEAR = timedelta(hours=24)
WAITS = "waits for the end of quiet hours"
TOO_LATE = "what it reminds of was over before it could be sent"


def hold_back(
    claim: Claim, told: dict[str, Any], zone: ZoneInfo, now: datetime, at: datetime
) -> Outcome | None:
    """Leave it until quiet hours are over, if it can wait. `now` is domain time, `at` real time.

    No attempt is counted, and there is as much time to try it afterwards as if it came then.
    """
    until = _may_come_at(claim, told, zone, now)
    if until is None or until <= now:
        return None
    next_at = at + (until - now)
    return Outcome(
        claim=claim,
        state=State.DEFERRED,
        reason=WAITS,
        at=at,
        next_at=next_at,
        give_up_at=next_at + claim.kind.patience,
        untried=True,
    )


def comes_too_late(claim: Claim, told: dict[str, Any], now: datetime, at: datetime) -> Outcome | None:
    """Nobody is reminded of what is over. `now` is domain time, `at` real time."""
    if not reminds_of_the_past(claim.kind, told, now):
        return None
    return Outcome(claim=claim, state=State.SUPPRESSED, reason=TOO_LATE, at=at)


def reminds_of_the_past(kind: Kind, told: dict[str, Any], now: datetime) -> bool:
    """Whether it is a reminder of what is over."""
    if kind.promise is not Promise.AT_MOST_ONCE or not kind.until:
        return False
    return datetime.fromisoformat(told[kind.until]) <= now


def _may_come_at(claim: Claim, told: dict[str, Any], zone: ZoneInfo, now: datetime) -> datetime | None:
    quiet = claim.quiet_hours
    if quiet is None or claim.kind.urgency is Urgency.AT_ONCE:
        return None
    over_at = quiet.over_at(now, zone)
    near_at = _near_at(claim.kind, told, now) if quiet.urgent_comes else None
    return over_at if over_at is None or near_at is None else min(over_at, near_at)


def _near_at(kind: Kind, told: dict[str, Any], now: datetime) -> datetime | None:
    """From when on it is urgent; None where it never is, or is over."""
    ends_at = told.get(kind.until) if kind.until else None
    if ends_at is None or (over_at := datetime.fromisoformat(ends_at)) <= now:
        return None
    return over_at - NEAR
