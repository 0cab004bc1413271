"""How far this service has applied each publisher's stream, and whether it is behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from beraad.clock import real_now
from beraad.messaging.envelope import Envelope, Watermark
from beraad.storage.gathering import put
from beraad.storage.tables import cursors, known_revisions, parked

WATERMARK_VALID = timedelta(seconds=30)


@dataclass
class Cursor:
    """The last applied place in a stream."""

    stream: str
    epoch: int = 0
    position: int = 0
    known_position: int = 0
    known_at: datetime | None = None
    again_through: int = 0
    """Up to this position of this epoch everything was acted on: what comes again is only kept."""
    doubt: str | None = None
    """Why this cursor cannot be right: the publisher's log is shorter than what was applied of it."""

    @property
    def place(self) -> tuple[int, int]:
        """`(epoch, position)`: in this order for one stream."""
        return self.epoch, self.position


def upsert(session: Session, table: Any) -> Any:
    """`INSERT … ON CONFLICT` of the session's database."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def read_cursor(session: Session, stream: str, *, lock: bool = False) -> Cursor:
    """The cursor of that stream; at zero when nothing was ever applied."""
    query = select(cursors).where(cursors.c.stream == stream)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    return Cursor(**row._mapping) if row else Cursor(stream)  # noqa: SLF001 - SQLAlchemy's documented way


def lock_cursor(session: Session, stream: str) -> Cursor:
    """The cursor of that stream, held until the transaction ends, also when it is the first to need it."""
    session.execute(
        upsert(session, cursors).values(stream=stream, epoch=0, position=0).on_conflict_do_nothing()
    )
    return read_cursor(session, stream, lock=True)


def read_cursors(session: Session, streams: Iterable[str]) -> dict[str, Cursor]:
    """The cursors of these streams."""
    names = list(streams)
    rows = session.execute(select(cursors).where(cursors.c.stream.in_(names)))
    found = {row.stream: Cursor(**row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's documented way
    return {name: found.get(name) or Cursor(name) for name in names}


def write_cursor(session: Session, cursor: Cursor) -> None:
    """Store how far we are, in the transaction of the effects."""
    statement = upsert(session, cursors).values(**vars(cursor))
    changes = {name: statement.excluded[name] for name in ("epoch", "position", "again_through", "doubt")}
    session.execute(statement.on_conflict_do_update(index_elements=["stream"], set_=changes))


def note_watermark(session: Session, watermark: Watermark) -> None:
    """Remember the publisher's word on how far its stream goes, and when it said so (real time)."""
    now = real_now()
    values = {"known_position": watermark.position, "known_at": min(now, watermark.sent_at or now)}
    statement = upsert(session, cursors).values(stream=watermark.stream, epoch=0, position=0, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["stream"], set_=values))


def why_behind(session: Session, stream: str) -> str | None:
    """Why the projection of that stream may be incomplete, or None when it is current.

    Behind means: an event of it is parked, the publisher named a later position than the one applied, it
    said nothing for 30 seconds, or its log is shorter than what was applied of it.
    """
    cursor = read_cursor(session, stream)
    if cursor.doubt:
        return cursor.doubt
    held = session.execute(
        select(func.count()).select_from(parked).where(parked.c.stream == stream)
    ).scalar_one()
    if held:
        return f"{held} events of {stream} are parked"
    if cursor.known_at is None or real_now() - cursor.known_at > WATERMARK_VALID:
        return f"{stream} has not been heard of for {WATERMARK_VALID.seconds} seconds"
    if cursor.position < cursor.known_position:
        return f"{stream} is at {cursor.known_position}, applied up to {cursor.position}"
    return None


def note_revisions(session: Session, applied: list[Envelope]) -> None:
    """Remember the newest revision of each aggregate applied here (for `Wait-For`)."""
    newest: dict[tuple[str, str], int] = {}
    for envelope in applied:
        if envelope.stream != envelope.publisher:
            continue  # a private stream overtakes the public one: what it says proves nothing about that
        key = (envelope.publisher, envelope.subject)
        newest[key] = max(newest.get(key, 0), int(envelope.data.get("revision", 0)))
    for (publisher, subject), revision in newest.items():
        row = {"publisher": publisher, "subject": subject, "revision": revision}
        put(session, known_revisions, row, newer="revision")


def known_revision(session: Session, publisher: str, subject: str) -> int:
    """The newest revision of a foreign aggregate applied here, 0 if none."""
    query = select(known_revisions.c.revision).where(
        known_revisions.c.publisher == publisher, known_revisions.c.subject == subject
    )
    return session.execute(query).scalar() or 0
