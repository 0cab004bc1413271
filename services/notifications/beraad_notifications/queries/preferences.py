"""Reading what somebody chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from beraad.storage.tables import known_groups, known_roles, known_seats
from beraad_notifications.domain.recipients import Recipient
from beraad_notifications.storage.quiet_hours import quiet_hours_row
from beraad_notifications.storage.tables import contacts
from beraad_notifications.storage.work import Work


def my_preferences(work: Work) -> dict[str, Any]:
    """Every kind that can be chosen, and how often it comes; revision 0 where nothing was ever chosen."""
    work.authorize("preferences.read")
    recipient = work.recipients.seen(work.actor.person)
    return {
        "id": recipient.person_id,
        "revision": recipient.revision,
        "preferences": recipient.chosen,
        "groups": {str(group_id): of_group for group_id, of_group in recipient.groups.items()},
        "quiet_hours": quiet_hours_row(recipient.quiet_hours),
        "digests": vars(recipient.rhythm),
        "allowed_actions": {"preferences.change": vars(work.decide("preferences.change"))},
    }


@dataclass(frozen=True)
class ChoicesAsked:
    """What the preferences page shows."""

    recipient: Recipient
    language: str
    groups: dict[UUID, str]
    """By name: those the person holds a seat or a role in, and those they chose something for, unless ended."""


def choices_asked(work: Work, person_id: UUID) -> ChoicesAsked | None:
    """None for somebody who is unknown or erased."""
    language = language_of(work, person_id)
    if language is None:
        return None
    recipient = work.recipients.seen(person_id)
    known = known_groups.c
    seat = exists().where(
        known_seats.c.group_id == known.group_id,
        known_seats.c.person_id == person_id,
        known_seats.c.vacated.is_(False),
    )
    role = exists().where(known_roles.c.group_id == known.group_id, known_roles.c.person_id == person_id)
    theirs = seat | role | known.group_id.in_(list(recipient.groups))
    query = select(known.group_id, known.name).where(theirs, known.ended.is_(False))
    rows = work.session.execute(query.order_by(known.name, known.group_id))
    return ChoicesAsked(recipient, language, {row.group_id: row.name for row in rows})


def language_of(work: Work, person_id: UUID) -> str | None:
    """The language a person reads; None for somebody who is unknown or erased."""
    here = (contacts.c.person_id == person_id) & contacts.c.erased.is_(False)
    return work.session.execute(select(contacts.c.language).where(here)).scalar()
