"""What notifications holds of a person, for their export."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from beraad.held import KERNEL, Held, Section, answers
from beraad_notifications.domain.events import PersonExportAnswered
from beraad_notifications.storage import tables

HELD = (
    *KERNEL,
    Held(tables.contacts, (tables.contacts.c.person_id,)),
    Held(tables.recipients, (tables.recipients.c.person_id,)),
    Held(tables.preferences, (tables.preferences.c.person_id,)),
    Held(tables.group_preferences, (tables.group_preferences.c.person_id,)),
    Held(tables.deliveries, (tables.deliveries.c.person_id,)),
    Held(tables.delivery_steps, (tables.delivery_steps.c.person_id,)),
)
"""The tables that tell of people; a row that holds another's words is theirs, whoever wrote it down."""


def export_answers(session: Session, export_id: UUID, person_id: UUID) -> list[PersonExportAnswered]:
    """Everything, in as many parts as it takes."""

    def part(number: int, parts: int, content: Section) -> PersonExportAnswered:
        of = {"export_id": export_id, "person_id": person_id}
        return PersonExportAnswered(**of, revision=number, part=number, parts=parts, content=content)

    return answers(session, person_id, HELD, part)
