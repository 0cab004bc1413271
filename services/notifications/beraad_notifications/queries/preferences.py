"""Reading what the caller chose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad_notifications.domain.recipients import Recipient
from beraad_notifications.storage.tables import contacts, preferences, recipients
from beraad_notifications.storage.work import Work


def my_preferences(work: Work) -> dict[str, Any]:
    """Every kind that can be chosen, and how often it comes; revision 0 where nothing was ever chosen."""
    work.authorize("preferences.read")
    me = work.actor.person
    revision = work.session.execute(
        select(recipients.c.revision).where(recipients.c.person_id == me)
    ).scalar()
    rows = work.session.execute(
        select(preferences.c.kind, preferences.c.frequency).where(preferences.c.person_id == me)
    )
    recipient = Recipient(person_id=me, preferences={row.kind: row.frequency for row in rows})
    return {
        "id": me,
        "revision": revision or 0,
        "preferences": recipient.chosen,
        "allowed_actions": {"preferences.change": vars(work.decide("preferences.change"))},
    }


def language_of(work: Work, person_id: UUID) -> str | None:
    """The language a person reads, where known."""
    return work.session.execute(select(contacts.c.language).where(contacts.c.person_id == person_id)).scalar()
