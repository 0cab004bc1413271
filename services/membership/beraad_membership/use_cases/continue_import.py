"""Work off the next piece of an import of people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from beraad.domain import DomainError
from beraad.identifiers import new_id
from beraad_membership.domain.imported_rows import DoneRow, ImportedPerson, Known, ReadRow, Reason
from beraad_membership.domain.imports import RowResult
from beraad_membership.domain.people import Person
from beraad_membership.domain.profiles import day_in, refuse_unfit
from beraad_membership.use_cases.ports import Work

TOGETHER = 500
"""Rows of one transaction: how long people are locked, and how often progress is seen."""


@dataclass(frozen=True)
class ContinueImport:
    """Which one."""

    import_id: UUID


def continue_import(command: ContinueImport, work: Work, now: datetime) -> bool:
    """Work off the next rows, all in this transaction or none; false where another worker does, or it has ended.

    Whoever the rows may mean is looked up in one statement, and locked.
    """
    people_import = work.imports.claim(command.import_id)
    if people_import is None:
        return False
    rows = work.imports.next_rows(people_import.id, TOGETHER)
    told = [row.person for row in rows if row.person is not None]
    known = Known.of(work.people.of_rows(told), work.imports.taken_before(people_import.id, told))
    piece = _Piece(work, known, day_in(work.settings.time_zone, now), people_import.dry_run)
    done = [piece.take(row) for row in rows]
    work.people.add_all(piece.new)
    work.imports.keep(people_import.id, done)
    people_import.progress((row.result for row in done), now)
    if people_import.ended:
        work.imports.forget_what_rows_say(people_import.id)
    return True


@dataclass
class _Piece:
    """Some rows of one import, taken one after the other. A dry run changes nobody."""

    work: Work
    known: Known
    today: date
    dry_run: bool
    new: list[Person] = field(default_factory=list)

    def take(self, row: ReadRow) -> DoneRow:
        """Register or update whom the row tells of, or say why not: a bad row stops no other."""
        if row.person is None:
            return DoneRow(row.line, RowResult.REFUSED, reasons=row.reasons)
        try:
            return self._taken(row.line, row.person)
        except DomainError as broken:
            column = getattr(broken, "pointer", "").strip("/")
            reason = Reason(column, broken.code, broken.detail)
            return DoneRow(row.line, RowResult.REFUSED, reasons=(reason,))

    def _taken(self, line: int, row: ImportedPerson) -> DoneRow:
        person = self.known.meant_by(row)
        refuse_unfit(
            row.profile_terms or (), self.work.settings.profiles, person.profile_terms if person else ()
        )
        self.known.taken |= row.keys
        if person is None:
            return DoneRow(line, RowResult.REGISTERED, self._register(row))
        changes = row.differences(person)
        if changes and not self.dry_run:
            self._update(person, changes)
        return DoneRow(line, RowResult.UPDATED if changes else RowResult.UNCHANGED, person.id)

    def _register(self, row: ImportedPerson) -> UUID | None:
        if self.dry_run:
            return None
        person = Person(
            id=new_id(),
            name=row.name,
            email=row.email,
            language=row.language or self.work.settings.language,
            time_zone=row.time_zone or self.work.settings.time_zone,
            external_id=row.external_id,
        )
        person.hold(row.profile_terms or (), self.today)
        self.new.append(person)
        self.work.publish(person.registered(), person.contact)
        return person.id

    def _update(self, person: Person, changes: dict[str, object]) -> None:
        terms = changes.pop("profile_terms", None)
        if isinstance(terms, tuple):
            person.hold(terms, self.today)
        self.work.publish(person.update(changes), person.contact)
        self.known.meet(person)
