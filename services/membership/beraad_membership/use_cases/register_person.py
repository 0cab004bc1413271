"""Register a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import RuleBroken
from beraad.identifiers import new_id
from beraad_membership.domain.people import Person, normalized
from beraad_membership.use_cases.ports import Work


class EmailAlreadyRegistered(RuleBroken):
    """Somebody is registered with this e-mail address."""


@dataclass(frozen=True, kw_only=True)
class RegisterPerson:
    """`id` lets a client retry the same registration."""

    name: str
    email: str
    language: str = "en"
    time_zone: str = "Europe/Brussels"
    profiles: tuple[str, ...] = ()
    administrator: bool = False
    id: UUID = field(default_factory=new_id)


def register_person(command: RegisterPerson, work: Work, _now: datetime) -> Person:
    """Raises `EmailAlreadyRegistered`."""
    work.authorize("person.register")
    return add_person(command, work)


def add_person(command: RegisterPerson, work: Work) -> Person:
    """Register without asking again who may (imports and the first administrator asked already)."""
    if work.people.by_email(command.email) is not None:
        raise EmailAlreadyRegistered
    person = Person(
        id=command.id,
        name=command.name,
        email=normalized(command.email),
        language=command.language,
        time_zone=command.time_zone,
        profiles=list(command.profiles),
        administrator=command.administrator,
    )
    work.people.add(person)
    work.publish(person.registered(), person.contact)
    return person
