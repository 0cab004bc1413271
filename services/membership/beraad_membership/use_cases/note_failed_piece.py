"""Note that a piece of an import could not be worked off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class NoteFailedPiece:
    """Of which import, and what went wrong."""

    import_id: UUID
    why: str


def note_failed_piece(command: NoteFailedPiece, work: Work, now: datetime) -> None:
    """So that it is tried again, but not for ever. Whoever cancelled meanwhile is heard. Raises `NotFound`."""
    people_import = work.imports.get(command.import_id)
    if not people_import.ended:
        people_import.piece_failed(command.why, now)
    if people_import.ended:
        work.imports.forget_what_rows_say(people_import.id)
