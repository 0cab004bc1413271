"""Fill seats of a group, all or none, as far as its policy allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.groups import Group, Seat
from beraad_membership.domain.people import Person
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class Appointee:
    """Who gets a seat, and the profile it is counted under (the person's first where none is named)."""

    person_id: UUID
    profile: str | None = None


@dataclass(frozen=True)
class AppointSeats:
    """The term is `[starts_on, ends_on)`; where not named it starts today and ends with the mandate."""

    group_id: UUID
    appointees: tuple[Appointee, ...]
    starts_on: date | None = None
    ends_on: date | None = None


def appoint_seats(command: AppointSeats, work: Work, now: datetime) -> Group:
    """Raises `GroupIsFull`, `QuotaExceeded`, `QuotaUnreachable`, `AlreadySeated`, `InvalidRequest`.

    The group is locked first, so of two who appoint the last seat exactly one succeeds.
    """
    work.authorize("seat.appoint", command.group_id)
    group = work.groups.get(command.group_id)
    today = now.astimezone(ZoneInfo(group.time_zone)).date()
    starts_on = command.starts_on or max(today, group.starts_on)
    people = work.people.known(a.person_id for a in command.appointees)
    seats = [
        _seat(group, appointee, people.get(appointee.person_id), starts_on, command.ends_on or group.ends_on)
        for appointee in command.appointees
    ]
    work.publish(*group.appoint(seats))
    return group


def _seat(
    group: Group, appointee: Appointee, person: Person | None, starts_on: date, ends_on: date | None
) -> Seat:
    if person is None:
        raise InvalidRequest(f"there is no person {appointee.person_id}", pointer="/appointees")
    profile = appointee.profile or next(iter(person.profiles), "none")
    if appointee.profile and appointee.profile not in person.profiles:
        raise InvalidRequest(f"{person.name} does not have the profile {profile}", pointer="/appointees")
    return Seat(
        id=new_id(),
        group_id=group.id,
        person_id=person.id,
        profile=profile,
        starts_on=starts_on,
        ends_on=ends_on,
    )
