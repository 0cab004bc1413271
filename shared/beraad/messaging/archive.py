"""Retention: what is older than an operator wants in the log goes to files, one JSON document per event and line.

Only a whole beginning of a stream goes, and only what was numbered and confirmed. Files are on the disk before the
rows are deleted; a crash between leaves both, and the next time writes the same again. `unarchive` brings rows back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from beraad.messaging.archive_files import DAMAGED, Told, line_of, rewrite, rows_in, write_durably
from beraad.messaging.cursors import upsert
from beraad.messaging.envelope import PRIVATE_SUFFIX
from beraad.messaging.erasing import erased
from beraad.messaging.outbox import stream_state
from beraad.storage.tables import erasures, outbox, streams

BATCH = 2000
log = structlog.get_logger()


def archived_through(session: Session, stream: str) -> int:
    """The last position of that own stream that left the log; 0 while all are there.

    A private stream, whose bodies are forgotten anyhow, answers 0.
    """
    if stream.endswith(PRIVATE_SUFFIX):
        return 0
    first = select(func.min(outbox.c.position)).where(outbox.c.stream == stream)
    position = select(streams.c.position).where(streams.c.stream == stream)
    remaining = session.execute(first).scalar()
    if remaining is None:
        return session.execute(position).scalar() or 0
    return int(remaining) - 1


def archive_oldest(session: Session, stream: str, folder: Path, before: datetime, *, confirmed: bool) -> int:
    """Move up to 2,000 of the oldest events of a stream, written before that moment (domain time), to a file.

    `confirmed`: only what the broker has. Answers how many left. One process does this at a time for a service.
    """
    state = session.execute(select(streams).where(streams.c.stream == stream)).one_or_none()
    if state is None:
        return 0
    private = stream.endswith(PRIVATE_SUFFIX)
    through = state.confirmed if confirmed or private else state.position
    old = select(outbox).where(outbox.c.stream == stream, outbox.c.position <= through)
    rows = session.execute(old.order_by(outbox.c.position).limit(BATCH)).all()
    rows = _beginning(rows, before)
    if not rows:
        return 0
    if not private:
        name = f"{stream}-{state.epoch:08d}-{rows[0].position:016d}-{rows[-1].position:016d}.jsonl.gz"
        write_durably(folder / name, [line_of(row) for row in rows])
    last = rows[-1].position
    gone = (outbox.c.stream == stream) & (outbox.c.position <= last)
    session.execute(outbox.delete().where(gone))
    return len(rows)


@dataclass(frozen=True)
class Returned:
    """Of one file: how many events were missing in the log, and how many lie beyond its end and were left out."""

    missing: int
    beyond: int


def unarchive(session: Session, stream: str, file: Path) -> Returned:
    """Put the events of that file back into the log, as far as the log goes (it may have been restored since).

    Who was erased stays erased, whatever the file says: erasing waits until this transaction is over. Raises `ValueError`
    for a file that is not ours, or of another stream.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer
        session.execute(text("LOCK TABLE erasures IN SHARE MODE"))
    pseudonyms = {row.person_id: row.pseudonym for row in session.execute(select(erasures))}
    end = stream_state(session, stream).position
    missing = beyond = 0
    for chunk in _chunks(rows_in(file, stream)):
        within = [_without(pseudonyms, row) for row in chunk if row["position"] <= end]
        beyond += len(chunk) - len(within)
        if within:
            statement = upsert(session, outbox).on_conflict_do_nothing()
            missing += len(session.execute(statement.returning(outbox.c.row_id), within).all())
    return Returned(missing, beyond)


def rewrite_archive(session: Session, folder: Path) -> int:
    """Erase from the files whom the log has erased. Answers how many files changed.

    One that cannot be read is told of, and all are looked at again the next time.
    """
    due = session.execute(select(erasures).where(erasures.c.archive_rewritten.is_(False))).all()
    if not due:
        return 0
    changed, damaged, erasing = 0, False, _erasing(due)
    for file in sorted(folder.glob("*.jsonl.gz")):
        try:
            changed += rewrite(file, erasing)
        except DAMAGED as error:
            damaged = True
            log.error("archive_is_damaged", file=str(file), error=repr(error))
    if not damaged:
        done = erasures.c.person_id.in_([row.person_id for row in due])
        session.execute(erasures.update().where(done).values(archive_rewritten=True))
    return changed


def _beginning(rows: Sequence[Row[Any]], before: datetime) -> list[Row[Any]]:
    """Those before the first that is too young; without holes whatever the clock did."""
    young = next((place for place, row in enumerate(rows) if row.written_at >= before), len(rows))
    return list(rows[:young])


def _without(pseudonyms: Mapping[UUID, str], row: dict[str, Any]) -> dict[str, Any]:
    person = row["subject_person"]
    if person not in pseudonyms:
        return row
    return {**row, "body": erased(row["type"], row["body"], person, pseudonyms[person])}


def _erasing(due: Sequence[Row[Any]]) -> Callable[[Told], Told]:
    def change(told: Told) -> Told:
        for one in due:
            told = {**told, "body": erased(told["type"], told["body"], one.person_id, one.pseudonym)}
        return told

    return change


def _chunks(rows: Iterator[Told]) -> Iterator[list[Told]]:
    chunk: list[Told] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
