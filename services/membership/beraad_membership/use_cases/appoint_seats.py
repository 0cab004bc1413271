"""Fill seats of a group, all or none, as far as its policy allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.groups import Group, Seat
from beraad_membership.domain.people import Person
from beraad_membership.use_cases.fill_vacancy import close_vacancies
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.seating import counted_as, refuse_conflicts


@dataclass(frozen=True)
class Appointee:
    """Who gets a seat, and what it is counted as: the profile (the person's first where none is named) and other attributes.

    What is not named is taken from their candidacy for the group.
    """

    person_id: UUID
    profile: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AppointSeats:
    """The term is `[starts_on, ends_on)`; where not named it starts today and lasts as the policy says, within the mandate.

    A seat counts from the moment it is filled. So no term starts later than today, or with the mandate where that starts later.
    """

    group_id: UUID
    appointees: tuple[Appointee, ...]
    starts_on: date | None = None
    ends_on: date | None = None


def appoint_seats(command: AppointSeats, work: Work, now: datetime) -> Group:
    """Raises what `Group.appoint` raises, `HasConflictOfInterest`, `InvalidRequest`.

    The group is locked first, so of two who appoint the last seat exactly one succeeds.
    """
    work.authorize("seat.appoint", command.group_id)
    group = work.groups.get(command.group_id)
    today = group.day(now)
    group.refuse_ended(today)
    soonest = max(today, group.starts_on)
    starts_on = command.starts_on or soonest
    if starts_on > soonest:
        raise InvalidRequest(
            f"a seat counts from the moment it is filled: appoint on {starts_on}, or let the term start by {soonest}",
            pointer="/starts_on",
        )
    ends_on = command.ends_on or group.term_from(starts_on)
    ids = [appointee.person_id for appointee in command.appointees]
    people, stood = work.people.known(ids), work.candidacies.of(group.id, ids)
    seats = []
    for appointee in command.appointees:
        person = people.get(appointee.person_id)
        if person is None:
            raise InvalidRequest(f"there is no person {appointee.person_id}", pointer="/appointees")
        seats.append(_seat(group, appointee, person, stood.get(person.id), (starts_on, ends_on)))
    refuse_conflicts(group, ids, work)
    work.publish(*group.appoint(seats))
    close_vacancies(group, seats, work, now)
    return group


def _seat(
    group: Group,
    appointee: Appointee,
    person: Person,
    candidacy: Candidacy | None,
    term: tuple[date, date | None],
) -> Seat:
    if appointee.profile and appointee.profile not in person.profiles:
        raise InvalidRequest(
            f"{person.name} does not have the profile {appointee.profile}", pointer="/appointees"
        )
    stands = candidacy is not None and candidacy.profile in person.profiles
    stood_as = candidacy.profile if candidacy and stands else next(iter(person.profiles), "none")
    attributes = candidacy.attributes if candidacy is not None else {}
    return Seat(
        id=new_id(),
        group_id=group.id,
        person_id=person.id,
        profile=appointee.profile or stood_as,
        attributes=counted_as(person, attributes, appointee.attributes),
        starts_on=term[0],
        ends_on=term[1],
    )
