"""Files in the database, in chunks: backed up with it, the same on both engines, never whole in memory."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from beraad.domain import NotFound
from beraad_meetings.domain.files import File
from beraad_meetings.storage.tables import file_chunks, files


class Files:
    """The files of agenda items and minutes."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def add(self, file: File, chunks: Iterable[bytes]) -> None:
        """Keep a file; `chunks` are taken one at a time."""
        self._session.flush()
        self._session.execute(files.insert().values(**vars(file)))
        for number, content in enumerate(chunks):
            self._session.execute(
                file_chunks.insert().values(file_id=file.id, number=number, content=content)
            )

    def get(self, file_id: UUID) -> File:
        """Return it without its content. Raises `NotFound`."""
        row = self._session.execute(select(files).where(files.c.id == file_id)).one_or_none()
        if row is None:
            raise NotFound("no such file")
        return File(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way

    def count(self, meeting_id: UUID, agenda_item_id: UUID | None) -> int:
        """How many there are with that item, or with the minutes."""
        query = select(func.count()).where(
            files.c.meeting_id == meeting_id, files.c.agenda_item_id.is_not_distinct_from(agenda_item_id)
        )
        return self._session.execute(query).scalar_one()

    def has_report(self, meeting_id: UUID) -> bool:
        """Whether a file was put with the minutes."""
        mine = (files.c.meeting_id == meeting_id) & files.c.agenda_item_id.is_(None)
        return bool(self._session.scalar(select(exists().where(mine))))

    def remove(self, file_id: UUID) -> None:
        """Keep it no more."""
        self._session.execute(file_chunks.delete().where(file_chunks.c.file_id == file_id))
        self._session.execute(files.delete().where(files.c.id == file_id))

    def remove_of_item(self, item_id: UUID) -> None:
        """Keep none of that agenda item's."""
        mine = select(files.c.id).where(files.c.agenda_item_id == item_id)
        self._session.execute(file_chunks.delete().where(file_chunks.c.file_id.in_(mine)))
        self._session.execute(files.delete().where(files.c.agenda_item_id == item_id))
