"""Membership: the roster that audiences are taken from, keys and revocations, and what its people are told."""

from __future__ import annotations

from typing import Any

from beraad.identity import IDENTITY
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.roster import ROSTER, fill_seat, forget_person
from beraad_notifications.subscriptions.telling import tell
from beraad_notifications.use_cases.remember_contact import ErasePerson, erase_person

WITH_MORE = {"membership.seat.filled.v1", "membership.person.erased.v1"}
membership = Subscriptions("membership")
membership.include((type_, handler) for type_, handler in ROSTER if type_ not in WITH_MORE)
membership.include(IDENTITY)


@membership.on("membership.seat.filled.v1")
def on_seat_filled(event: Received, work: Any) -> None:
    """Remember the seat, and welcome its holder."""
    fill_seat(event, work)
    tell(event, work)


@membership.on("membership.candidacy.submitted.v1")
def on_candidacy_submitted(event: Received, work: Any) -> None:
    """Confirm it to the candidate."""
    tell(event, work)


@membership.on("membership.person.erased.v1")
def on_person_erased(event: Received, work: Any) -> None:
    """Forget name, address and choices."""
    forget_person(event, work)
    erase_person(ErasePerson(event["person_id"], event["revision"]), work, work.now)
