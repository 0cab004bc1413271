"""Register many people at once, or only find out what such an import would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_membership.domain.people import EmailAlreadyRegistered
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.register_person import RegisterPerson, add_person


@dataclass(frozen=True)
class ImportPeople:
    """Rows that were read well, by line number; a dry run registers nobody."""

    rows: tuple[tuple[int, RegisterPerson], ...]
    dry_run: bool


@dataclass(frozen=True)
class ImportReport:
    """Who would be (or was) registered, by line, and which lines were refused and why."""

    registered: dict[int, UUID]
    refused: dict[int, str]


def import_people(command: ImportPeople, work: Work, now: datetime) -> ImportReport:
    """Good rows in, bad rows named; a row whose address is known is refused, so a repeat doubles nobody."""
    work.authorize("person.import")
    registered: dict[int, UUID] = {}
    refused: dict[int, str] = {}
    seen: set[str] = set()
    for line, row in command.rows:
        if row.email in seen or work.people.by_email(row.email) is not None:
            refused[line] = (
                f"{EmailAlreadyRegistered.__name__}: {row.email} is registered, or stands here twice"
            )
            continue
        seen.add(row.email)
        registered[line] = row.id if command.dry_run else add_person(row, work, now).id
    return ImportReport(registered, refused)
