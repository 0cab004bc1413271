"""Register a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_membership.domain.people import EmailAlreadyRegistered, ExternalIdAlreadyTaken, Person, normalized
from beraad_membership.domain.profiles import ProfileTerm, day_in, refuse_unfit, unlimited
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class RegisterPerson:
    """`id` lets a client retry the same registration. `profiles` are for good, `profile_terms` for their time."""

    name: str
    email: str
    language: str = "en"
    time_zone: str = "Europe/Brussels"
    profiles: tuple[str, ...] = ()
    profile_terms: tuple[ProfileTerm, ...] = ()
    external_id: str | None = None
    administrator: bool = False
    id: UUID = field(default_factory=new_id)


def register_person(command: RegisterPerson, work: Work, now: datetime) -> Person:
    """Raises `EmailAlreadyRegistered`, `ExternalIdAlreadyTaken`, and what `refuse_unfit` does."""
    work.authorize("person.register")
    return add_person(command, work, now)


def add_person(command: RegisterPerson, work: Work, now: datetime) -> Person:
    """Register without asking again who may (the first administrator)."""
    if work.people.by_email(command.email) is not None:
        raise EmailAlreadyRegistered
    if command.external_id is not None and work.people.by_external_id(command.external_id) is not None:
        raise ExternalIdAlreadyTaken
    person = a_person_of(command, work, now)
    work.people.add(person)
    work.publish(person.registered(), person.contact)
    return person


def a_person_of(command: RegisterPerson, work: Work, now: datetime) -> Person:
    """Whom the command describes, known to nobody yet. Raises what `refuse_unfit` does."""
    terms = (*unlimited(command.profiles), *command.profile_terms)
    refuse_unfit(terms, work.settings.profiles)
    person = Person(
        id=command.id,
        name=command.name,
        email=normalized(command.email),
        language=command.language,
        time_zone=command.time_zone,
        external_id=command.external_id,
        administrator=command.administrator,
    )
    person.hold(terms, day_in(work.settings.time_zone, now))
    return person
