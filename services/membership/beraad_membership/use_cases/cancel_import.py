"""Stop an import of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class CancelImport:
    """Which one."""

    import_id: UUID


def cancel_import(command: CancelImport, work: Work, now: datetime) -> None:
    """After the piece that is being worked on. Harmless to repeat. Raises `NotFound`, `ImportHasEnded`."""
    work.authorize("import.cancel")
    people_import = work.imports.get(command.import_id)
    people_import.cancel(now)
    work.imports.forget_what_rows_say(people_import.id)
