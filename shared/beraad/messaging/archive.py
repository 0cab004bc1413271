"""Retention: what is older than an operator wants in the log goes to files, one JSON document per event and line.

Only a whole beginning of a stream goes, and only what was numbered and confirmed. Files are on the disk before the
rows are deleted; a crash between leaves both, and the next time writes the same again. `unarchive` brings rows back.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.messaging.envelope import PRIVATE_SUFFIX
from beraad.messaging.erasing import erased
from beraad.messaging.outbox import stream_state
from beraad.storage.tables import erasures, outbox, streams

BATCH = 2000
DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)
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
        write_durably(folder / name, [_line(row) for row in rows])
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
    for chunk in _chunks(_read(file, stream)):
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
    changed, damaged = 0, False
    for file in sorted(folder.glob("*.jsonl.gz")):
        try:
            changed += _rewrite(file, due)
        except DAMAGED as error:
            damaged = True
            log.error("archive_is_damaged", file=str(file), error=repr(error))
    if not damaged:
        done = erasures.c.person_id.in_([row.person_id for row in due])
        session.execute(erasures.update().where(done).values(archive_rewritten=True))
    return changed


def write_durably(path: Path, lines: Sequence[str]) -> None:
    """All of the file or nothing, on the disk when this returns, for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        with gzip.open(raw, "wt", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        raw.flush()
        os.fsync(raw.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _beginning(rows: Sequence[Row[Any]], before: datetime) -> list[Row[Any]]:
    """Those before the first that is too young; without holes whatever the clock did."""
    young = next((place for place, row in enumerate(rows) if row.written_at >= before), len(rows))
    return list(rows[:young])


def _line(row: Row[Any]) -> str:
    written = {column.name: getattr(row, column.name) for column in outbox.c if column.name != "row_id"}
    return json.dumps({**written, "written_at": row.written_at.isoformat()}, default=str, ensure_ascii=False)


def _read(file: Path, stream: str) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _row(json.loads(line), stream)
    except DAMAGED as error:
        raise ValueError(f"{file}: {error}") from error


def _without(pseudonyms: Mapping[UUID, str], row: dict[str, Any]) -> dict[str, Any]:
    person = row["subject_person"]
    if person not in pseudonyms:
        return row
    return {**row, "body": erased(row["type"], row["body"], person, pseudonyms[person])}


def _row(told: dict[str, Any], stream: str) -> dict[str, Any]:
    if told["stream"] != stream:
        raise ValueError(f"events of {told['stream']}, not of {stream}")
    person = told["subject_person"]
    return {
        **{column.name: told[column.name] for column in outbox.c if column.name != "row_id"},
        "event_id": UUID(told["event_id"]),
        "subject_person": UUID(person) if person else None,
        "written_at": datetime.fromisoformat(told["written_at"]),
    }


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rewrite(file: Path, due: Sequence[Row[Any]]) -> bool:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        before = [json.loads(line) for line in lines]
    after = before
    for one in due:
        after = [
            {**told, "body": erased(told["type"], told["body"], one.person_id, one.pseudonym)}
            for told in after
        ]
    if after == before:
        return False
    write_durably(file, [json.dumps(told, ensure_ascii=False) for told in after])
    return True
