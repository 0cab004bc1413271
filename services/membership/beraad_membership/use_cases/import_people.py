"""Take in a file of people; the worker works it off (`continue_import`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beraad.identifiers import new_id
from beraad_membership.domain.imported_rows import ReadRow
from beraad_membership.domain.imports import PeopleImport
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class ImportPeople:
    """The rows of a file in their order; a dry run changes nobody."""

    rows: Sequence[ReadRow]
    dry_run: bool


def import_people(command: ImportPeople, work: Work, now: datetime) -> PeopleImport:
    """Keep the file until its turn comes. A file without rows is done at once."""
    work.authorize("person.import")
    people_import = PeopleImport(
        id=new_id(),
        dry_run=command.dry_run,
        created_by=work.actor.person,
        created_at=now,
        rows_total=len(command.rows),
    )
    if not command.rows:
        people_import.progress((), now)
    work.imports.add(people_import, command.rows)
    return people_import
