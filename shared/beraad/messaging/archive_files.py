"""The files of the archive: gzip, one JSON document per event and line, whole on the disk or not there."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from beraad.storage.tables import outbox

DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error)
"""What reading a file that is damaged, or not ours, may raise."""
Told = dict[str, Any]
COLUMNS = [column.name for column in outbox.c if column.name != "row_id"]


def line_of(row: Row[Any]) -> str:
    """An event of the log as the archive keeps it."""
    written = {name: getattr(row, name) for name in COLUMNS}
    return json.dumps({**written, "written_at": row.written_at.isoformat()}, default=str, ensure_ascii=False)


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


def rows_in(file: Path, stream: str) -> Iterator[Told]:
    """Its events as rows of the log. Raises `ValueError` for a file that is not ours, or of another stream."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _row(json.loads(line), stream)
    except DAMAGED as error:
        raise ValueError(f"{file}: {error}") from error


def _row(told: Told, stream: str) -> Told:
    if told["stream"] != stream:
        raise ValueError(f"events of {told['stream']}, not of {stream}")
    person = told["subject_person"]
    return {
        **{name: told[name] for name in COLUMNS},
        "position": int(told["position"]),
        "event_id": UUID(told["event_id"]),
        "subject_person": UUID(person) if person else None,
        "written_at": datetime.fromisoformat(told["written_at"]),
    }


def rewrite(file: Path, change: Callable[[Told], Told]) -> bool:
    """Let each event become what `change` makes of it. Answers whether any did. Raises one of `DAMAGED`."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        before = [json.loads(line) for line in lines]
    after = [change(told) for told in before]
    if after == before:
        return False
    write_durably(file, [json.dumps(told, ensure_ascii=False) for told in after])
    return True
