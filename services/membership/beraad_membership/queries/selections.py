"""Reading selections by lot, the reserve, and seats that were left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad_membership.domain.selections import (
    TRANSITIONS,
    Selection,
    SelectionState,
    SelectionStateForbids,
)
from beraad_membership.queries.groups import expect_group
from beraad_membership.storage.tables import candidacies, groups, people, reserves, selections, vacancies
from beraad_membership.storage.work import Work

SHORT = [column for column in selections.c if column.name not in {"commitment", "draw"}]
"""A list does not carry a thousand panels."""

LEADS_TO = {"selection.cancel": SelectionState.CANCELLED, "selection.draw": SelectionState.DRAWN}


class NotYetPublished(NotFound):
    """This is published once the selection is that far."""


def one_selection(work: Work, selection_id: UUID) -> dict[str, Any]:
    """Where it stands; and if the caller is in its pool, how likely they are drawn and what came of it. Raises `NotFound`."""
    row = _row(work, selection_id)
    actions = {action: _may(work, row, action, state) for action, state in LEADS_TO.items()}
    return {**_shown(row), **_mine(work, row), "allowed_actions": actions}


def list_selections(work: Work, group_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Of one group, oldest first. Raises `NotFound`."""
    work.authorize("selection.list", group_id)
    expect_group(work, group_id)
    query = select(*SHORT).where(selections.c.group_id == group_id)
    return [_shown(row) for row in page_of(work.session, query, (selections.c.id,), limit, cursor)]


def published(work: Work, selection_id: UUID, what: str) -> dict[str, Any]:
    """`commitment` or `draw`: the very document anyone can verify. Raises `NotYetPublished`, `NotFound`."""
    document: dict[str, Any] | None = _row(work, selection_id)._mapping[what]  # noqa: SLF001 - SQLAlchemy's documented way
    if document is None:
        raise NotYetPublished
    return document


def list_reserve(work: Work, group_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Who was not drawn, in the order of the draw; whoever withdrew since is told. Raises `NotFound`."""
    work.authorize("reserve.list", group_id)
    expect_group(work, group_id)
    query = (
        select(
            reserves, candidacies.c.person_id, candidacies.c.profile, candidacies.c.attributes, people.c.name
        )
        .add_columns(candidacies.c.withdrawn_at)
        .join(candidacies, candidacies.c.id == reserves.c.candidacy_id)
        .join(people, people.c.id == candidacies.c.person_id)
        .where(reserves.c.group_id == group_id)
    )
    rows = page_of(work.session, query, (reserves.c.position,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def list_vacancies(work: Work, group_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Seats that were left, oldest first, with who of the reserve was passed over and why. Raises `NotFound`.

    None is open any more once the group has ended.
    """
    work.authorize("vacancy.list", group_id)
    expect_group(work, group_id)
    wanted = (vacancies.c.filled_by.is_(None) & groups.c.ended_on.is_(None)).label("open")
    query = select(vacancies, wanted).join(groups, groups.c.id == vacancies.c.group_id)
    query = query.where(vacancies.c.group_id == group_id)
    rows = page_of(work.session, query, (vacancies.c.opened_at, vacancies.c.seat_id), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def _row(work: Work, selection_id: UUID) -> Row[Any]:
    row = work.session.execute(select(selections).where(selections.c.id == selection_id)).one_or_none()
    work.authorize("selection.read", row.group_id if row is not None else None)
    if row is None:
        raise NotFound("no such selection")
    return row


def _may(work: Work, row: Row[Any], action: str, state: SelectionState) -> dict[str, Any]:
    """Whether the caller may do it, where the selection stands."""
    decision = vars(work.decide(action, row.group_id))
    if decision["allowed"] and state not in TRANSITIONS[row.state]:
        code = SelectionStateForbids.__name__
        return {"allowed": False, "code": code, "reason": f"the selection is {row.state}"}
    return decision


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in {"commitment", "draw"}}  # noqa: SLF001 - SQLAlchemy's documented way


def _mine(work: Work, row: Row[Any]) -> dict[str, Any]:
    mine = select(candidacies.c.id).where(
        candidacies.c.group_id == row.group_id, candidacies.c.person_id == work.actor.person_id
    )
    keys = [str(key) for key in work.session.execute(mine).scalars()]
    chances = Selection.chances_in(row.commitment)
    chance = next((chances[key] for key in keys if key in chances), None)
    drawn = row.draw or {"panel": [], "reserve": []}
    places = {key: place for place, key in enumerate(drawn["reserve"], 1)}
    return {
        "my_chance_per_mille": chance,
        "i_was_drawn": any(key in drawn["panel"] for key in keys) if row.draw else None,
        "my_reserve_position": next((places[key] for key in keys if key in places), None),
    }
