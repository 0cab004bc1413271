"""Change a person's name, address, language, zone, profiles or external id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, NotAllowed, expect_revision
from beraad_membership.domain.people import ExternalIdAlreadyTaken, Person
from beraad_membership.domain.profiles import Terms, day_in, refuse_unfit, renamed
from beraad_membership.use_cases.ports import Work

ADMINISTRATORS_CHANGE = {"profiles", "profile_terms", "external_id", "administrator"}


@dataclass(frozen=True)
class UpdatePerson:
    """`changes` by field name; `expected_revision` is the one that was read."""

    person_id: UUID
    changes: dict[str, Any]
    expected_revision: int


def update_person(command: UpdatePerson, work: Work, now: datetime) -> Person:
    """People change their own entry, but not their profiles or external id.

    Raises `Stale`, `NotFound`, `NotAllowed`, `ExternalIdAlreadyTaken`, and what `refuse_unfit` does.
    """
    work.authorize("person.update", resource=command.person_id)
    if ADMINISTRATORS_CHANGE.intersection(command.changes) and not work.actor.administrator:
        raise NotAllowed("profiles, external ids and rights are changed by an administrator")
    person = work.people.get(command.person_id)
    expect_revision(person.revision, command.expected_revision)
    changes = dict(command.changes)
    today = day_in(work.settings.time_zone, now)
    terms = _terms(person, changes, today)
    if terms is not None:
        refuse_unfit(terms, work.settings.profiles, person.profile_terms)
        person.hold(terms, today)
    _refuse_taken(person, changes.get("external_id"), work)
    work.publish(person.update(changes), person.contact)
    return person


def _terms(person: Person, changes: dict[str, Any], today: date) -> Terms | None:
    """Take the profiles out of the changes: names alone say which there are today, terms say all."""
    names, terms = changes.pop("profiles", None), changes.pop("profile_terms", None)
    if names is not None and terms is not None:
        raise InvalidRequest("say profiles or profile_terms, not both", pointer="/profile_terms")
    if names is not None:
        return renamed(person.profile_terms, names, today)
    return None if terms is None else tuple(terms)


def _refuse_taken(person: Person, external_id: str | None, work: Work) -> None:
    holder = work.people.by_external_id(external_id) if external_id is not None else None
    if holder not in {None, person}:
        raise ExternalIdAlreadyTaken
