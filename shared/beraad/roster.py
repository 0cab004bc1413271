"""The roster: what three services keep of membership's people, groups, seats and roles.

It stands in the kernel because every service decides rights by it and none of them owns it. The handlers
are idempotent; nothing here refers across publishers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, exists, literal, select
from sqlalchemy.orm import Session

from beraad.domain import Actor, Standing
from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received
from beraad.storage.gathering import put
from beraad.storage.tables import known_compositions, known_groups, known_people, known_roles, known_seats


def standing_of(session: Session, actor: Actor, group_id: UUID | None) -> Standing:
    """What the actor is to that group by the seats and roles known here. One statement."""
    if actor.person_id is None or group_id is None:
        return Standing(actor, group_id)
    me = actor.person_id
    seat = (known_seats.c.person_id == me) & known_seats.c.vacated.is_(False)
    approver = exists().where(
        seat, known_groups.c.group_id == group_id, known_groups.c.approving_body_id == known_seats.c.group_id
    )
    seated = exists().where(seat, known_seats.c.group_id == group_id)
    roles = select(known_roles.c.role).where(
        known_roles.c.group_id == group_id, known_roles.c.person_id == me
    )
    is_seated, is_approver = session.execute(select(seated, approver)).one()
    held = frozenset(session.execute(roles).scalars())
    return Standing(actor, group_id, seated=is_seated, approver=is_approver, roles=held)


@dataclass(frozen=True)
class KnownGroup:
    """A group as this service knows it."""

    group_id: UUID
    kind: str
    name: str
    theme: str
    time_zone: str
    approving_body_id: UUID | None
    decision_profile: str
    ended: bool


def known_group(session: Session, group_id: UUID) -> KnownGroup | None:
    """The group, if membership's event about it has arrived."""
    row = session.execute(select(known_groups).where(known_groups.c.group_id == group_id)).one_or_none()
    if row is None:
        return None
    return KnownGroup(
        row.group_id,
        row.kind,
        row.name,
        row.theme,
        row.time_zone,
        row.approving_body_id,
        row.decision_profile,
        row.ended,
    )


def seat_holders(session: Session, group_id: UUID) -> list[UUID]:
    """The people holding a seat in the group, by id."""
    query = select(known_seats.c.person_id).where(
        known_seats.c.group_id == group_id, known_seats.c.vacated.is_(False)
    )
    return sorted(session.execute(query).scalars())


def role_holders(session: Session, group_id: UUID, *roles: str) -> list[UUID]:
    """The people holding one of these roles in the group, by id."""
    query = select(known_roles.c.person_id).where(
        known_roles.c.group_id == group_id, known_roles.c.role.in_(roles)
    )
    return sorted(set(session.execute(query).scalars()))


def taking_part(session: Session, group_id: UUID, people: Iterable[UUID]) -> set[UUID]:
    """Those of these people who hold a seat or a role in the group."""
    named = list(people)
    seats = select(known_seats.c.person_id).where(
        known_seats.c.group_id == group_id,
        known_seats.c.person_id.in_(named),
        known_seats.c.vacated.is_(False),
    )
    roles = select(known_roles.c.person_id).where(
        known_roles.c.group_id == group_id, known_roles.c.person_id.in_(named)
    )
    return set(session.execute(seats.union(roles)).scalars())


def names_of(session: Session, people: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these people, as far as known."""
    query = select(known_people.c.person_id, known_people.c.name).where(
        known_people.c.person_id.in_(list(people))
    )
    return {row.person_id: row.name for row in session.execute(query)}


def groups_of(session: Session, actor: Actor) -> list[UUID]:
    """The groups whose work the actor may see, as `my_groups`."""
    return list(session.execute(my_groups(actor)).scalars())


def my_groups(actor: Actor) -> Select[UUID]:
    """The groups whose work the actor may see: seats, roles, and groups their body approves; a part for a query."""
    return groups_seen_by(literal(actor.person_id, Uuid()), administrator=actor.administrator)


def groups_seen_by(me: ColumnElement[UUID], *, administrator: bool) -> Select[UUID]:
    """The same of whom the query names."""
    every = select(known_groups.c.group_id)
    if administrator:
        return every
    seats = select(known_seats.c.group_id).where(
        known_seats.c.person_id == me, known_seats.c.vacated.is_(False)
    )
    roles = select(known_roles.c.group_id).where(known_roles.c.person_id == me)
    mine = seats.union(roles, every.where(known_groups.c.approving_body_id.in_(seats))).subquery()
    return select(mine.c.group_id)


# -- keeping it ---------------------------------------------------------------------------------------------

ROSTER = Projection(known_people, known_groups, known_compositions, known_seats, known_roles)
"""What a service keeps of membership when it subscribes with it."""


def _fields(event: Received, table: Any) -> dict[str, Any]:
    return {name: event.fields[name] for name in _columns(table) if name in event.fields}


@cache
def _columns(table: Any) -> tuple[str, ...]:
    return tuple(table.c.keys())


@ROSTER.on("membership.person.registered.v1", "membership.person.updated.v1")
def remember_person(event: Received, work: Any) -> None:
    """The newest state of a person."""
    put(work.session, known_people, _fields(event, known_people), newer="revision")


@ROSTER.on("membership.person.erased.v1")
def forget_person(event: Received, work: Any) -> None:
    """The pseudonym stands where the name stood, or would have: who was not known yet is not let in by what comes late."""
    changes = {
        "name": event["pseudonym"],
        "profiles": [],
        "revision": event["revision"],
        "administrator": False,
    }
    values = {"person_id": event["person_id"], "language": "en", "time_zone": "UTC", **changes}
    tombstone = upsert(work.session, known_people).values(**values)
    work.session.execute(tombstone.on_conflict_do_update(index_elements=["person_id"], set_=changes))


@ROSTER.on("membership.group.created.v1", "membership.group.updated.v1")
def remember_group(event: Received, work: Any) -> None:
    """The newest state of a group."""
    put(work.session, known_groups, _fields(event, known_groups), newer="revision")


@ROSTER.on("membership.group.ended.v1")
def end_group(event: Received, work: Any) -> None:
    """Its mandate is over."""
    work.session.execute(
        known_groups.update().where(known_groups.c.group_id == event["group_id"]).values(ended=True)
    )


@ROSTER.on("membership.composition.changed.v1")
def remember_composition(event: Received, work: Any) -> None:
    """The health of a group."""
    put(work.session, known_compositions, _fields(event, known_compositions), newer="revision")


@ROSTER.on("membership.seat.filled.v1")
def fill_seat(event: Received, work: Any) -> None:
    """Somebody holds it."""
    put(work.session, known_seats, _fields(event, known_seats))


@ROSTER.on("membership.seat.vacated.v1")
def vacate_seat(event: Received, work: Any) -> None:
    """Nobody holds it; who held it stays known."""
    put(work.session, known_seats, {**_fields(event, known_seats), "vacated": True})


@ROSTER.on("membership.role.assigned.v1")
def assign_role(event: Received, work: Any) -> None:
    """Somebody has it."""
    put(work.session, known_roles, _fields(event, known_roles))


@ROSTER.on("membership.role.withdrawn.v1")
def withdraw_role(event: Received, work: Any) -> None:
    """They no longer have it."""
    work.session.execute(
        known_roles.delete().where(
            known_roles.c.group_id == event["group_id"],
            known_roles.c.person_id == event["person_id"],
            known_roles.c.role == event["role"],
        )
    )
