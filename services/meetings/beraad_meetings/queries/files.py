"""Reading a file: what it is, and its content a chunk at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select

from beraad.domain import NotFound
from beraad_meetings.storage.invitations import concerning
from beraad_meetings.storage.tables import agenda_items, file_chunks, files, invitations, meetings
from beraad_meetings.storage.work import Work
from beraad_meetings.use_cases.keep_file import FileStanding


def one_file(work: Work, file_id: UUID) -> Row[Any]:
    """The file without its content. Whoever reads the agenda or the minutes reads it. Raises `NotFound`."""
    query = select(files, meetings.c.group_id, meetings.c.series_id).join(
        meetings, meetings.c.id == files.c.meeting_id
    )
    row = work.session.execute(query.where(files.c.id == file_id)).one_or_none()
    standing = None
    if row is not None:
        mine = concerning(row.meeting_id, row.series_id) & (invitations.c.person_id == work.actor.person_id)
        invited = bool(work.session.scalar(select(exists().where(mine))))
        standing = FileStanding(row.agenda_item_id is not None, invited)
    work.authorize("file.read", row.group_id if row else None, standing)
    if row is None:
        raise NotFound("no such file")
    return row


def may_put_with_item(work: Work, item_id: UUID) -> None:
    """Asked before a file is let in. Raises `NotAllowed`, `NotFound`."""
    on = agenda_items.c.meeting_id == meetings.c.id
    group = select(meetings.c.group_id).join(agenda_items, on).where(agenda_items.c.id == item_id)
    _expect(work, "agenda.change", work.session.scalar(group))


def may_put_with_minutes(work: Work, meeting_id: UUID) -> None:
    """Asked before a file is let in. Raises `NotAllowed`, `NotFound`."""
    group = select(meetings.c.group_id).where(meetings.c.id == meeting_id)
    _expect(work, "minutes.write", work.session.scalar(group))


def _expect(work: Work, action: str, group_id: UUID | None) -> None:
    work.authorize(action, group_id)
    if group_id is None:
        raise NotFound("there is nothing to put it with")


def chunk(work: Work, file_id: UUID, number: int) -> bytes:
    """That part of its content, counted from 0. Raises `NotFound` where the file was taken away meanwhile."""
    part = (file_chunks.c.file_id == file_id) & (file_chunks.c.number == number)
    content: bytes | None = work.session.scalar(select(file_chunks.c.content).where(part))
    if content is None:
        raise NotFound("the file was taken away")
    return content
