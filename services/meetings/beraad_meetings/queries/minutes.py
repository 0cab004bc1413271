"""Reading minutes: the newest version, and what may be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound, can
from beraad.storage.tables import known_people
from beraad_meetings.storage.tables import meetings, minutes, minutes_versions
from beraad_meetings.storage.work import Work

MINUTES_ACTIONS = ("minutes.write", "minutes.circulate", "minutes.approve")


def minutes_of(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """The minutes of that meeting. Raises `NotFound`."""
    group_id = work.session.scalar(select(meetings.c.group_id).where(meetings.c.id == meeting_id))
    work.authorize("minutes.read", group_id)
    text = (minutes_versions.c.minutes_id == minutes.c.id) & (minutes_versions.c.version == minutes.c.version)
    query = (
        select(
            minutes,
            minutes_versions.c.text,
            minutes_versions.c.written_by,
            minutes_versions.c.written_at,
            known_people.c.name.label("written_by_name"),
        )
        .join(minutes_versions, text)
        .outerjoin(known_people, known_people.c.person_id == minutes_versions.c.written_by)
    )
    row = work.session.execute(query.where(minutes.c.meeting_id == meeting_id)).one_or_none()
    if row is None:
        raise NotFound("nobody has written minutes of this meeting")
    standing = work.standing(group_id)
    allowed = {action: vars(can(work.policies, standing, action)) for action in MINUTES_ACTIONS}
    return {**row._mapping, "allowed_actions": allowed}  # noqa: SLF001 - SQLAlchemy's documented way
