"""What somebody is counted as in a group, and what keeps them out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from beraad_membership.domain.conflicts import HasConflictOfInterest
from beraad_membership.domain.groups import Group
from beraad_membership.domain.people import Person
from beraad_membership.use_cases.ports import Conflicts, People, Work

LANGUAGE = "language"


def counted_as(person: Person, *told: Mapping[str, str]) -> dict[str, str]:
    """Attribute → value besides the profile: as told, the last word counts; the language is the person's own otherwise."""
    attributes = {LANGUAGE: person.language}
    for more in told:
        attributes.update(more)
    return attributes


def conflicted_with(group: Group, people: Iterable[UUID], conflicts: Conflicts) -> set[UUID]:
    """Who of these people declared a conflict of interest with the group or its theme."""
    return {one.person_id for one in conflicts.of(people) if one.concerns(group.id, group.theme)}


def profiles_of(ids: Iterable[UUID], people: People) -> dict[UUID, list[str]]:
    """What these people are today; nobody who was erased."""
    return {person.id: person.profiles for person in people.known(ids).values()}


def refuse_conflicts(group: Group, people: Iterable[UUID], work: Work) -> None:
    """Raise `HasConflictOfInterest` for the first of these people who declared one with the group or its theme."""
    for conflict in work.conflicts.of(people):
        if conflict.concerns(group.id, group.theme):
            raise HasConflictOfInterest(person_id=conflict.person_id)
