"""Membership's roster decides who is invited and who may see what; seats also open and close invitations."""

from __future__ import annotations

from typing import Any

from beraad.identity import IDENTITY
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.roster import ROSTER, fill_seat, vacate_seat
from beraad_meetings.use_cases.invite_newcomer import InviteNewcomer, invite_newcomer
from beraad_meetings.use_cases.release_member import ReleaseMember, release_member

SEAT_FILLED = "membership.seat.filled.v1"
SEAT_VACATED = "membership.seat.vacated.v1"

membership = Subscriptions("membership")
membership.include(IDENTITY)
membership.include((type_, apply) for type_, apply in ROSTER if type_ not in {SEAT_FILLED, SEAT_VACATED})


@membership.on(SEAT_FILLED)
def on_seat_filled(event: Received, work: Any) -> None:
    """The newcomer is invited to what is still to come."""
    fill_seat(event, work)
    invite_newcomer(InviteNewcomer(event["group_id"], event["person_id"]), work, work.now)


@membership.on(SEAT_VACATED)
def on_seat_vacated(event: Received, work: Any) -> None:
    """Invitations end, the group's calendar answers no more."""
    vacate_seat(event, work)
    release_member(ReleaseMember(event["group_id"], event["person_id"]), work, work.now)
