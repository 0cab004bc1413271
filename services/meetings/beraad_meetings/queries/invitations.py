"""Reading who is invited and who comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad.storage.tables import known_people
from beraad_meetings.storage.invitations import STANDS, concerning
from beraad_meetings.storage.tables import answers, invitations, meetings
from beraad_meetings.storage.work import Work


def list_invitations(work: Work, meeting_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Everyone invited to the meeting or its series, with their answer for this meeting. Raises `NotFound`."""
    found = select(meetings.c.group_id, meetings.c.series_id).where(meetings.c.id == meeting_id)
    row = work.session.execute(found).one_or_none()
    work.authorize("invitation.list", row.group_id if row else None)
    if row is None:
        raise NotFound("no such meeting")
    answer = (answers.c.answer, answers.c.comment, answers.c.answered_at)
    query = (
        select(invitations.c.id, invitations.c.person_id, invitations.c.role, known_people.c.name, *answer)
        .join_from(invitations, meetings, meetings.c.id == meeting_id)
        .outerjoin(answers, STANDS & (answers.c.person_id == invitations.c.person_id))
        .outerjoin(known_people, known_people.c.person_id == invitations.c.person_id)
        .where(concerning(meeting_id, row.series_id))
    )
    rows = page_of(work.session, query, (invitations.c.person_id, invitations.c.id), limit, cursor)
    return [dict(one._mapping) for one in rows]  # noqa: SLF001 - SQLAlchemy's documented way
