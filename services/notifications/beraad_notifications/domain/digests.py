"""Digests: what a person wants told once a day or once a week waits, and is told together in one mail.

A delivery that waits is `collected`, and its row says for which morning and then in which digest: that is the cursor.
A run that was missed, or that came twice, leaves nothing out and tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from beraad_notifications.domain.deliveries import Claim, Outcome, State
from beraad_notifications.domain.holding_back import reminds_of_the_past
from beraad_notifications.domain.mornings import DAYS, next_digest

MOST_ENTRIES = 200
"""What is more than that goes into another digest at the same time."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that waits for a digest, and when (domain time) that is due."""

    delivery_id: UUID
    kind_name: str
    group_id: UUID | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Collected:
    """A delivery that waits for a digest, and what it tells."""

    delivery_id: UUID
    kind_name: str
    event_type: str
    told: dict[str, Any]
    group_id: UUID | None
    group_name: str
    group_time_zone: str


def collect(
    claim: Claim, told: dict[str, Any], zone: ZoneInfo, now: datetime, at: datetime
) -> Outcome | None:
    """Leave it for the digest, if its recipient wants that. `now` is domain time, `at` real time.

    A reminder of what would be over by then comes at once: in the digest it would not come at all.
    """
    if claim.kind.essential or claim.frequency not in DAYS:
        return None
    digest_at = next_digest(now, zone, claim.frequency, claim.rhythm)
    if reminds_of_the_past(claim.kind, told, digest_at):
        return None
    return Outcome(
        claim=claim,
        state=State.COLLECTED,
        reason=f"waits for the {claim.frequency} digest",
        at=at,
        next_at=digest_at,
        untried=True,
    )


def digest_id(person_id: UUID, first: Collected) -> UUID:
    """Stands where other mails have the id of their event: a delivery is in one digest only, so the first names it."""
    return uuid5(person_id, str(first.delivery_id))


def digest_told(person_id: UUID, collected: Sequence[Collected]) -> dict[str, Any]:
    """What the digest tells, as JSON; its entries in their order."""
    return {"person_id": str(person_id), "entries": [_entry(one) for one in collected]}


def _entry(one: Collected) -> dict[str, Any]:
    return {
        "kind": one.kind_name,
        "event_type": one.event_type,
        "told": one.told,
        "group_id": None if one.group_id is None else str(one.group_id),
        "group_name": one.group_name,
        "group_time_zone": one.group_time_zone,
    }
