"""An audience as a query over the roster: who is told of one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, literal, select, true, union
from sqlalchemy.types import Uuid

from beraad.storage.tables import known_groups, known_roles, known_seats
from beraad_notifications.domain.catalogue import Audience, NamedPeople, OnePerson, RoleHolders, SeatHolders

People = Select[tuple[UUID]]


def people_told(audience: Audience, told: Mapping[str, Any]) -> Any:
    """Selects `person_id`, each once."""
    match audience:
        case OnePerson(named_in, kinds):
            return _person(UUID(told[named_in]), _is_of_kind(told.get("group_id"), kinds))
        case SeatHolders(of, kinds, roles):
            seated = _seat_holders(UUID(told[of]), _is_of_kind(told[of], kinds))
            return union(seated, _role_holders(UUID(told[of]), roles)) if roles else seated
        case RoleHolders(roles, of):
            return _role_holders(UUID(told[of]), roles)
        case NamedPeople(named_in, of, always):
            named = told.get(named_in)  # as it was published: perhaps before the field was added
            if named:
                return _named(named)
            return _seat_holders(UUID(told[of]), false() if always else true())


def _seat_holders(group_id: UUID, condition: ColumnElement[bool]) -> People:
    held = (known_seats.c.group_id == group_id) & known_seats.c.vacated.is_(False)
    return select(known_seats.c.person_id).where(held, condition).distinct()


def _role_holders(group_id: UUID, roles: tuple[str, ...]) -> People:
    holds = (known_roles.c.group_id == group_id) & known_roles.c.role.in_(roles)
    return select(known_roles.c.person_id).where(holds).distinct()


def _named(people: list[str]) -> Any:
    return union(*(_person(UUID(person), true()) for person in people))


def _person(person_id: UUID, condition: ColumnElement[bool]) -> People:
    return select(literal(person_id, Uuid).label("person_id")).where(condition)


def _is_of_kind(group_id: str | None, kinds: tuple[str, ...]) -> ColumnElement[bool]:
    if not kinds or group_id is None:
        return true()
    return exists().where(known_groups.c.group_id == UUID(group_id), known_groups.c.kind.in_(kinds))
