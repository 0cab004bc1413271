"""The roster: what three services keep of membership's people, groups, seats and roles.

It stands in the kernel because every service decides rights by it and none of them owns it. The handlers
are idempotent; nothing here refers across publishers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from beraad.domain import Actor, Standing
from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Apply, Received
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
    """The groups whose work the actor may see: seats, roles, and groups their body approves."""
    if actor.administrator:
        return list(session.execute(select(known_groups.c.group_id)).scalars())
    me = actor.person_id
    seats = select(known_seats.c.group_id).where(
        known_seats.c.person_id == me, known_seats.c.vacated.is_(False)
    )
    roles = select(known_roles.c.group_id).where(known_roles.c.person_id == me)
    approved = select(known_groups.c.group_id).where(known_groups.c.approving_body_id.in_(seats))
    return list(session.execute(seats.union(roles, approved)).scalars())


# -- keeping it ---------------------------------------------------------------------------------------------


def _put(
    session: Session, table: Any, values: Mapping[str, Any], key: list[str], *, guard: bool = True
) -> None:
    statement = upsert(session, table).values(**values)
    changes = {name: statement.excluded[name] for name in values if name not in key}
    newer = table.c.revision < statement.excluded.revision if guard else None
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=changes, where=newer))


def _fields(event: Received, table: Any) -> dict[str, Any]:
    return {column.name: event[column.name] for column in table.c if column.name in event.fields}


def remember_person(event: Received, work: Any) -> None:
    """person.registered, person.updated."""
    _put(work.session, known_people, _fields(event, known_people), ["person_id"])


def forget_person(event: Received, work: Any) -> None:
    """person.erased: the pseudonym stands where the name stood."""
    changes = {
        "name": event["pseudonym"],
        "profiles": [],
        "revision": event["revision"],
        "administrator": False,
    }
    work.session.execute(
        known_people.update().where(known_people.c.person_id == event["person_id"]).values(**changes)
    )


def remember_group(event: Received, work: Any) -> None:
    """group.created, group.updated."""
    _put(work.session, known_groups, _fields(event, known_groups), ["group_id"])


def end_group(event: Received, work: Any) -> None:
    """group.ended."""
    work.session.execute(
        known_groups.update().where(known_groups.c.group_id == event["group_id"]).values(ended=True)
    )


def remember_composition(event: Received, work: Any) -> None:
    """composition.changed."""
    _put(work.session, known_compositions, _fields(event, known_compositions), ["group_id"])


def fill_seat(event: Received, work: Any) -> None:
    """seat.filled."""
    _put(work.session, known_seats, _fields(event, known_seats), ["seat_id"], guard=False)


def vacate_seat(event: Received, work: Any) -> None:
    """seat.vacated."""
    _put(
        work.session, known_seats, {**_fields(event, known_seats), "vacated": True}, ["seat_id"], guard=False
    )


def assign_role(event: Received, work: Any) -> None:
    """role.assigned."""
    statement = upsert(work.session, known_roles).values(**_fields(event, known_roles))
    work.session.execute(statement.on_conflict_do_nothing())


def withdraw_role(event: Received, work: Any) -> None:
    """role.withdrawn."""
    work.session.execute(
        known_roles.delete().where(
            known_roles.c.group_id == event["group_id"],
            known_roles.c.person_id == event["person_id"],
            known_roles.c.role == event["role"],
        )
    )


ROSTER: tuple[tuple[str, Apply], ...] = (
    ("membership.person.registered.v1", remember_person),
    ("membership.person.updated.v1", remember_person),
    ("membership.person.erased.v1", forget_person),
    ("membership.group.created.v1", remember_group),
    ("membership.group.updated.v1", remember_group),
    ("membership.group.ended.v1", end_group),
    ("membership.composition.changed.v1", remember_composition),
    ("membership.seat.filled.v1", fill_seat),
    ("membership.seat.vacated.v1", vacate_seat),
    ("membership.role.assigned.v1", assign_role),
    ("membership.role.withdrawn.v1", withdraw_role),
)
"""Handlers a service includes in its subscription to membership; one that needs more wraps them."""
