"""One row of an imported file: who it is about, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_membership.domain.imports import RowResult
from beraad_membership.domain.people import EmailAlreadyRegistered, Person
from beraad_membership.domain.profiles import ProfileTerm, Terms


class ExternalIdDiffers(RuleBroken):
    """Somebody with this e-mail address is registered under another external id."""


class TwiceInTheFile(RuleBroken):
    """The same person stands in this file before."""


@dataclass(frozen=True, kw_only=True)
class ImportedPerson:
    """What a row says of a person; None where it says nothing. `email` is normalized."""

    name: str
    email: str
    language: str | None = None
    time_zone: str | None = None
    profile_terms: Terms | None = None
    external_id: str | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What the row says, by field."""
        return {
            field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None
        }

    @property
    def keys(self) -> set[tuple[str, str]]:
        """What no other row of the file may have: the address, and the external id where there is one."""
        named = {("email", self.email), ("external_id", self.external_id)}
        return {(column, value) for column, value in named if value is not None}

    def differences(self, person: Person) -> dict[str, Any]:
        """What the row says otherwise than it is."""
        return {name: value for name, value in self.said.items() if getattr(person, name) != value}

    def to_document(self) -> dict[str, Any]:
        """As it is stored until its turn comes."""
        terms = self.profile_terms
        listed = {} if terms is None else {"profile_terms": [term.to_document() for term in terms]}
        return {**self.said, **listed}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ImportedPerson:
        """From what is stored."""
        terms = document.get("profile_terms")
        return cls(
            **{
                **document,
                "profile_terms": None if terms is None else tuple(map(ProfileTerm.from_document, terms)),
            }
        )


def person_meant(row: ImportedPerson, by_id: Person | None, by_address: Person | None) -> Person | None:
    """Whom the row is about: None is somebody new. `by_id` and `by_address` are who has its external id, its address.

    The external id decides; a person known by address only gets the id with it. Without an external id a known address is
    refused, unless the row says nothing new: a file may be sent again, but somebody's entry is not changed by accident.

    Raises `EmailAlreadyRegistered`, `ExternalIdDiffers`.
    """
    if by_id is not None:
        if by_address not in {None, by_id}:
            raise EmailAlreadyRegistered("somebody else is registered with this e-mail address")
        return by_id
    if by_address is None:
        return None
    if row.external_id is None and row.differences(by_address):
        raise EmailAlreadyRegistered
    if row.external_id is not None and by_address.external_id is not None:
        raise ExternalIdDiffers
    return by_address


@dataclass(frozen=True)
class Reason:
    """Why a row is refused: the column it is about (empty: the whole row), the rule's name, and a sentence."""

    column: str
    code: str
    detail: str


@dataclass(frozen=True)
class ReadRow:
    """A row as it was read: the number of its (last) line, and whom it tells of or what is wrong with it."""

    line: int
    person: ImportedPerson | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class DoneRow:
    """What became of a row."""

    line: int
    result: RowResult
    person_id: UUID | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass
class Known:
    """Who is registered under the ids and addresses of some rows, and which of these stood in the file before.

    An address that a row of the same piece gave up counts as taken: rows are written together, in no order of theirs.
    """

    taken: set[tuple[str, str]]
    by_id: dict[str, Person] = field(default_factory=dict)
    by_address: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Person], taken: set[tuple[str, str]]) -> Known:
        """These people, and what the rows before these took."""
        known = cls(taken)
        for person in people:
            known.meet(person)
        return known

    def meet(self, person: Person) -> None:
        """Know that person by what they have now."""
        self.by_address[person.contact.email] = person
        if person.external_id is not None:
            self.by_id[person.external_id] = person

    def meant_by(self, row: ImportedPerson) -> Person | None:
        """Whom the row is about: None is somebody new. Raises `TwiceInTheFile`, and what `person_meant` does."""
        if row.keys & self.taken:
            raise TwiceInTheFile
        by_id = None if row.external_id is None else self.by_id.get(row.external_id)
        return person_meant(row, by_id, self.by_address.get(row.email))
