"""Membership tells who is who and who sits where; whoever leaves a group leaves its running electorates."""

from __future__ import annotations

from typing import Any

from beraad.identity import IDENTITY
from beraad.messaging.erasing import erase_from_log
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.roster import ROSTER
from beraad_deliberation.queries.held import export_answers
from beraad_deliberation.storage.erasing import erase_words
from beraad_deliberation.use_cases.record_departure import RecordDeparture, record_departure

membership = Subscriptions("membership", ROSTER, IDENTITY)


@membership.on("membership.person.erased.v1")
def on_person_erased(event: Received, work: Any) -> None:
    """What we published and recorded about them tells nothing of them any more."""
    erase_from_log(work.session, event["person_id"], event["pseudonym"])
    erase_words(work.session, event["person_id"], event["pseudonym"])


@membership.on("membership.seat.vacated.v1")
def on_seat_vacated(event: Received, work: Any) -> None:
    """Out of what runs."""
    record_departure(RecordDeparture(event["person_id"], event["group_id"], event["reason"]), work, work.now)


@membership.on("membership.person_export.requested.v1")
def on_person_export_requested(event: Received, work: Any) -> None:
    """Tell membership, in private, what we hold of that person."""
    work.publish(*export_answers(work.session, event["export_id"], event["person_id"]))
