"""Membership: the roster that audiences are taken from, keys and revocations, and what its people are told."""

from __future__ import annotations

from typing import Any

from beraad.identity import IDENTITY
from beraad.messaging.erasing import erase_from_log
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.roster import ROSTER, known_group
from beraad_notifications.queries.held import export_answers
from beraad_notifications.subscriptions.telling import tell
from beraad_notifications.use_cases.remember_contact import ErasePerson, erase_person

membership = Subscriptions("membership", ROSTER, IDENTITY)


@membership.on("membership.seat.filled.v1")
def on_seat_filled(event: Received, work: Any) -> None:
    """Welcome its holder."""
    tell(event, work)


@membership.on("membership.role.assigned.v1")
def on_role_assigned(event: Received, work: Any) -> None:
    """Tell who has the role now."""
    tell(event, work)


@membership.on("membership.seat.expiring.v1")
def on_seat_expiring(event: Received, work: Any) -> None:
    """Tell its holder that the term ends."""
    tell(event, work)


@membership.on("membership.candidacy.submitted.v1")
def on_candidacy_submitted(event: Received, work: Any) -> None:
    """Confirm it to the candidate."""
    tell(event, work)


@membership.on("membership.candidacy.entered.v1")
def on_candidacy_entered(event: Received, work: Any) -> None:
    """Tell the candidate how likely they are drawn."""
    tell(event, work)


@membership.on("membership.candidacy.released.v1")
def on_candidacy_released(event: Received, work: Any) -> None:
    """Tell the candidate that the draw is not held."""
    tell(event, work)


@membership.on("membership.candidacy.settled.v1")
def on_candidacy_settled(event: Received, work: Any) -> None:
    """Tell who was not drawn that they are in the reserve."""
    tell(event, work)


@membership.on("membership.seat.vacated.v1")
def on_seat_vacated(event: Received, work: Any) -> None:
    """Tell the coordinators, unless the whole group has ended: nobody is wanted for the seat."""
    group = known_group(work.session, event["group_id"])
    if group is None or not group.ended:
        tell(event, work)


@membership.on("membership.group.ended.v1")
def on_group_ended(event: Received, work: Any) -> None:
    """Tell those who held a seat."""
    tell(event, work)


@membership.on("membership.person.erased.v1")
def on_person_erased(event: Received, work: Any) -> None:
    """Forget address and choices; what we published about them tells nothing of them any more."""
    erase_from_log(work.session, event["person_id"], event["pseudonym"])
    erase_person(ErasePerson(event["person_id"], event["revision"], event["pseudonym"]), work, work.now)


@membership.on("membership.person_export.requested.v1")
def on_person_export_requested(event: Received, work: Any) -> None:
    """Tell membership, in private, what we hold of that person."""
    work.publish(*export_answers(work.session, event["export_id"], event["person_id"]))
