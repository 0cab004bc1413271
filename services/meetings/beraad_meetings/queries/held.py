"""What meetings holds of a person, for their export."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from beraad.held import KERNEL, Held, Section, answers
from beraad_meetings.domain.events import PersonExportAnswered
from beraad_meetings.storage import tables

HELD = (
    *KERNEL,
    Held(tables.invitations, (tables.invitations.c.person_id,)),
    Held(tables.answers, (tables.answers.c.person_id,)),
    Held(tables.attendance, (tables.attendance.c.person_id,)),
    Held(tables.seat_terms, (tables.seat_terms.c.person_id,)),
    Held(
        tables.minutes_versions,
        (tables.minutes_versions.c.written_by, tables.minutes_versions.c.action_items),
    ),
    Held(tables.files, (tables.files.c.added_by,)),
    Held(tables.known_tasks, (tables.known_tasks.c.owner_id,)),
    Held(tables.agenda_items, (tables.agenda_items.c.owner_id,)),
    Held(tables.diaries, (tables.diaries.c.person_id,)),
    Held(tables.poll_answers, (tables.poll_answers.c.person_id,)),
    Held(tables.poll_participants, (tables.poll_participants.c.person_id,)),
    Held(tables.availability, (tables.availability.c.person_id,)),
    Held(tables.polls, (tables.polls.c.opened_by, tables.polls.c.booked_by)),
    Held(tables.registrations, (tables.registrations.c.person_id,)),
    Held(tables.overridden_conflicts, (tables.overridden_conflicts.c.overridden_by,)),
    Held(tables.calendar_feeds, (tables.calendar_feeds.c.person_id,), frozenset({"token_hash"})),
)
"""The tables that tell of people; a row that holds another's words is theirs, whoever wrote it down."""


def export_answers(session: Session, export_id: UUID, person_id: UUID) -> list[PersonExportAnswered]:
    """Everything, in as many parts as it takes."""

    def part(number: int, parts: int, content: Section) -> PersonExportAnswered:
        of = {"export_id": export_id, "person_id": person_id}
        return PersonExportAnswered(**of, revision=number, part=number, parts=parts, content=content)

    return answers(session, person_id, HELD, part)
