"""Membership tells who is who and who sits where; whoever leaves a group leaves its running electorates."""

from __future__ import annotations

from typing import Any

from beraad.identity import IDENTITY
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.roster import ROSTER, vacate_seat
from beraad_deliberation.use_cases.record_departure import RecordDeparture, record_departure

SEAT_VACATED = "membership.seat.vacated.v1"

membership = Subscriptions("membership")
membership.include(IDENTITY)
membership.include((type_, handler) for type_, handler in ROSTER if type_ != SEAT_VACATED)


@membership.on(SEAT_VACATED)
def on_seat_vacated(event: Received, work: Any) -> None:
    """Out of the roster, and out of what runs."""
    vacate_seat(event, work)
    record_departure(RecordDeparture(event["person_id"], event["group_id"], event["reason"]), work, work.now)
