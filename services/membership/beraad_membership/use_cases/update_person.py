"""Change a person's name, address, language, zone or profiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import NotAllowed
from beraad_membership.domain.people import Person
from beraad_membership.use_cases.ports import Work

ADMINISTRATORS_CHANGE = {"profiles", "administrator"}


@dataclass(frozen=True)
class UpdatePerson:
    """`changes` by field name; `expected_revision` is the one that was read."""

    person_id: UUID
    changes: dict[str, Any]
    expected_revision: int


def update_person(command: UpdatePerson, work: Work, _now: datetime) -> Person:
    """People change their own entry, but not their profiles. Raises `Stale`, `NotFound`, `NotAllowed`."""
    work.authorize("person.update", resource=command.person_id)
    if ADMINISTRATORS_CHANGE.intersection(command.changes) and not work.actor.administrator:
        raise NotAllowed("profiles and rights are changed by an administrator")
    person = work.people.get(command.person_id)
    work.publish(person.update(command.changes, command.expected_revision), person.contact)
    return person
