"""Reading people. E-mail addresses are shown to oneself and to administrators only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad_membership.storage.tables import people, roles, seats
from beraad_membership.storage.work import Work

MAX_IDS = 100


def one_person(work: Work, person_id: UUID) -> dict[str, Any]:
    """One person. Raises `NotFound`."""
    work.authorize("person.read", resource=person_id)
    row = work.session.execute(select(people).where(people.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFound("no such person")
    return _shown(work, row)


def list_people(
    work: Work, ids: list[UUID], q: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """People by id; only those named, where ids are given, and only those whose name has `q` in it; a to z stand for A to Z too."""
    work.authorize("person.list")
    query = select(people)
    if ids:
        query = query.where(people.c.id.in_(ids[:MAX_IDS]))
    if q:
        query = query.where(people.c.name.icontains(q, autoescape=True))
    return [_shown(work, row) for row in page_of(work.session, query, (people.c.id,), limit, cursor)]


def myself(work: Work) -> dict[str, Any]:
    """The caller, with the groups they sit in and the roles they have."""
    work.authorize("me.read")
    me = work.actor.person_id
    row = work.session.execute(select(people).where(people.c.id == me)).one_or_none()
    if row is None:
        raise NotFound("nobody is registered under this token")
    held = select(seats.c.group_id).where(seats.c.person_id == me, seats.c.vacated_on.is_(None))
    mine = select(roles.c.group_id, roles.c.role).where(roles.c.person_id == me)
    return {
        **_shown(work, row),
        "seats": list(work.session.execute(held).scalars()),
        "roles": [{"group_id": r.group_id, "role": r.role} for r in work.session.execute(mine)],
    }


def _shown(work: Work, row: Row[Any]) -> dict[str, Any]:
    may_update = work.decide("person.update", resource=row.id)
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
        "email": row.email if may_update.allowed else None,
        "external_id": row.external_id if work.actor.administrator else None,
        "erased": row.erased_at is not None,
        "allowed_actions": {
            "person.update": vars(may_update),
            "person.erase": vars(work.decide("person.erase", resource=row.id)),
        },
    }
