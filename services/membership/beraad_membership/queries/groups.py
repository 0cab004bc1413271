"""Reading groups, their seats, candidacies and health."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, case, func, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad_membership.domain.composition import PROFILE
from beraad_membership.storage.tables import candidacies, groups, people, roles, seats, vacancies
from beraad_membership.storage.work import Work

GROUP_ACTIONS = (
    "group.update",
    "group.end",
    "policy.change",
    "seat.appoint",
    "seat.vacate",
    "vacancy.fill",
    "role.assign",
    "candidacy.submit",
    "candidacy.list",
    "feasibility.read",
    "selection.prepare",
    "reserve.list",
)


def one_group(work: Work, group_id: UUID) -> dict[str, Any]:
    """A group with its policy, roles and health. Raises `NotFound`."""
    work.authorize("group.read", group_id)
    row = work.session.execute(select(groups).where(groups.c.id == group_id)).one_or_none()
    if row is None:
        raise NotFound("no such group")
    actions = {action: vars(work.decide(action, group_id)) for action in GROUP_ACTIONS}
    return {**summaries(work, [row])[0], "allowed_actions": actions}


def expect_group(work: Work, group_id: UUID) -> None:
    """Raise `NotFound` where there is no such group: a list of it would be empty, and tell nobody why."""
    if not work.groups.exists(group_id):
        raise NotFound("no such group")


def list_groups(
    work: Work, kind: str | None, decision_id: UUID | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """Groups in the order they were created."""
    work.authorize("group.list")
    query = select(groups)
    if kind is not None:
        query = query.where(groups.c.kind == kind)
    if decision_id is not None:
        query = query.where(groups.c.decision_id == decision_id)
    return summaries(work, page_of(work.session, query, (groups.c.id,), limit, cursor))


def summaries(work: Work, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    """Groups with roles and health, in two statements however many they are."""
    ids = [row.id for row in rows]
    filled = select(seats.c.group_id, seats.c.profile, seats.c.attributes).where(
        seats.c.group_id.in_(ids), seats.c.vacated_on.is_(None)
    )
    profiles = _by_group(work.session.execute(filled))
    assigned = select(roles.c.group_id, roles.c.role, roles.c.person_id, people.c.name).join(
        people, people.c.id == roles.c.person_id
    )
    held = _by_group(work.session.execute(assigned.where(roles.c.group_id.in_(ids)).order_by(roles.c.role)))
    return [_summary(row, profiles.get(row.id, []), held.get(row.id, [])) for row in rows]


def _by_group(rows: Iterable[Row[Any]]) -> dict[UUID, list[Row[Any]]]:
    grouped: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.group_id, []).append(row)
    return grouped


def _summary(row: Row[Any], filled: list[Row[Any]], held: list[Row[Any]]) -> dict[str, Any]:
    seated = [{**seat.attributes, PROFILE: seat.profile} for seat in filled]
    health = row.policy.health(seated, [role.role for role in held])
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
        "policy": row.policy.to_document(),
        "roles": [{"role": r.role, "person_id": r.person_id, "name": r.name} for r in held],
        "health": {
            **vars(health),
            "coordinators_present": health.coordinators_present,
            "quotas": [{**vars(quota), "met": quota.met} for quota in health.quotas],
        },
    }


def health_of(work: Work, group_id: UUID) -> dict[str, Any]:
    """A group's health, with the terms that end soon and the seats that were left. Raises `NotFound`."""
    group = one_group(work, group_id)
    today = work.now.astimezone(ZoneInfo(group["time_zone"])).date()
    soon = today + timedelta(days=work.settings.term_warning_days)
    mandate = group["ends_on"]
    sooner: ColumnElement[Any] = seats.c.ends_on
    if mandate is not None:
        sooner = case((sooner.is_(None), mandate), (sooner > mandate, mandate), else_=sooner)
    ending = (
        select(seats.c.id.label("seat_id"), seats.c.person_id, people.c.name, sooner.label("ends_on"))
        .join(people, people.c.id == seats.c.person_id)
        .where(seats.c.group_id == group_id, seats.c.vacated_on.is_(None), sooner <= soon)
        .order_by("ends_on", seats.c.id)
    )
    left = select(func.count()).where(vacancies.c.group_id == group_id, vacancies.c.filled_by.is_(None))
    return {
        **group["health"],
        "terms_ending": [dict(row._mapping) for row in work.session.execute(ending)],  # noqa: SLF001 - SQLAlchemy's documented way
        "vacancies": work.session.scalar(left) if group["ended_on"] is None else 0,
    }


def list_seats(work: Work, group_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """The seats of a group that are held, in the order they were filled. Raises `NotFound`."""
    work.authorize("seat.list", group_id)
    expect_group(work, group_id)
    query = (
        select(seats, people.c.name)
        .join(people, people.c.id == seats.c.person_id)
        .where(seats.c.group_id == group_id, seats.c.vacated_on.is_(None))
    )
    rows = page_of(work.session, query, (seats.c.id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def list_candidacies(work: Work, group_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Who stands for a seat, first come first. Raises `NotFound`."""
    work.authorize("candidacy.list", group_id)
    expect_group(work, group_id)
    query = (
        select(candidacies, people.c.name)
        .join(people, people.c.id == candidacies.c.person_id)
        .where(candidacies.c.group_id == group_id, candidacies.c.withdrawn_at.is_(None))
    )
    rows = page_of(work.session, query, (candidacies.c.id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way
