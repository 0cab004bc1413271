"""Membership in its own words: groups, seats, policies, people."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from beraad.identifiers import new_id
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.composition import CompositionPolicy, Quota
from beraad_membership.domain.groups import Group, Seat
from beraad_membership.domain.people import Person
from beraad_membership.domain.profiles import unlimited

ANNA, BRAM, CHLOE, DIRK = (UUID(int=n) for n in (0xA, 0xB, 0xC, 0xD))
BOARD = UUID(int=0xB0A4D)
NOON = datetime(2017, 6, 1, 12, tzinfo=UTC)
MAY, JUNE, JULY, AUGUST = (date(2017, month, 1) for month in (5, 6, 7, 8))

SMART_POLICY = {
    "size_min": 12,
    "size_max": 12,
    "quotas": {"user": {"min": 6, "max": 8}, "client": {"min": 2, "max": 4}, "staff": {"min": 1, "max": 2}},
    "required_roles": ["facilitator", "board_link"],
}


def a_policy(
    size: int = 12, *, required: tuple[str, ...] = (), **quotas: tuple[int, int]
) -> CompositionPolicy:
    """At most `size` seats; `user=(6, 8)` means 6 to 8 seats for users."""
    ranges = {profile: Quota(*limits) for profile, limits in quotas.items()}
    return CompositionPolicy(size_max=size, quotas=ranges, required_roles=required)


def a_group(policy: CompositionPolicy | None = None, **changes: Any) -> Group:
    """A working group with a mandate from May to August."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "kind": "working_group",
        "name": "Housing",
        "theme": "Work and housing",
        "aim": "Find out what members need",
        "deliverables": "A report",
        "time_zone": "Europe/Brussels",
        "starts_on": MAY,
        "ends_on": AUGUST,
        "approving_body_id": BOARD,
        "decision_id": None,
        "decision_profile": "consent",
        "policy": policy or CompositionPolicy(),
    }
    return Group(**{**facts, **changes})


def a_seat(
    group: Group,
    person_id: UUID | None = None,
    profile: str = "user",
    starts_on: date = JUNE,
    ends_on: date | None = AUGUST,
) -> Seat:
    return Seat(
        id=new_id(),
        group_id=group.id,
        person_id=person_id or new_id(),
        profile=profile,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def a_person(**changes: Any) -> Person:
    facts: dict[str, Any] = {
        "id": ANNA,
        "name": "Anna",
        "email": "anna@smart.test",
        "language": "nl",
        "time_zone": "Europe/Brussels",
        "profiles": ["user"],
        "profile_terms": unlimited(["user"]),
    }
    return Person(**{**facts, **changes})


def a_candidacy(group_id: UUID = BOARD, person_id: UUID = ANNA) -> Candidacy:
    return Candidacy(
        id=new_id(),
        group_id=group_id,
        person_id=person_id,
        profile="user",
        motivation="I rent too",
        submitted_at=NOON,
    )


def facts(events: list[Any]) -> list[str]:
    """What happened, by name."""
    return [type(event).__name__ for event in events]
