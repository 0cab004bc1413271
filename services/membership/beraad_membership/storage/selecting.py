"""Repositories of selections by lot, of the reserve they leave, and of seats to fill from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, insert, select

from beraad.domain import NotFound
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.selections import UNDER_WAY, Selection, SelectionState
from beraad_membership.domain.vacancies import Vacancy
from beraad_membership.storage.repositories import Repository
from beraad_membership.storage.tables import candidacies, reserves, selections, vacancies


class Selections(Repository):
    """The selections by lot."""

    def get(self, selection_id: UUID) -> Selection:
        """Lock and return. Raises `NotFound`."""
        selection = self._session.get(Selection, selection_id, with_for_update=True, populate_existing=True)
        if selection is None:
            raise NotFound("no such selection")
        return selection

    def add(self, selection: Selection) -> None:
        """Remember a new one, at once."""
        self._session.add(selection)
        self._session.flush()

    def group_of(self, selection_id: UUID) -> UUID:
        """Of which group it is; not locked. Raises `NotFound`."""
        found: UUID | None = self._session.scalar(
            select(selections.c.group_id).where(selections.c.id == selection_id)
        )
        if found is None:
            raise NotFound("no such selection")
        return found

    def under_way(self, group_id: UUID) -> bool:
        """Whether one is prepared, or waits for its draw."""
        return bool(self._session.scalar(select(exists().where(_under_way(group_id)))))

    def running(self, group_id: UUID) -> list[Selection]:
        """Lock and return those that are prepared, or wait for their draw."""
        query = select(Selection).where(_under_way(group_id)).with_for_update()
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def to_prepare(self, real_now: datetime) -> Selection | None:
        """Lock one that waits, or whose worker fell silent (skipping those another worker holds)."""
        silent = (selections.c.state == SelectionState.PREPARING) & (selections.c.lease_until <= real_now)
        waiting = (selections.c.state == SelectionState.WAITING) | silent
        query = select(Selection).where(waiting).order_by(selections.c.id).limit(1)
        return self._session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def _under_way(group_id: UUID) -> ColumnElement[bool]:
    return (selections.c.group_id == group_id) & selections.c.state.in_(UNDER_WAY)


class Vacancies(Repository):
    """The seats that were left, and the reserve that may fill them."""

    def get(self, group_id: UUID, seat_id: UUID) -> Vacancy:
        """Return; whoever changes it holds the group. Raises `NotFound`."""
        query = select(Vacancy).where(vacancies.c.group_id == group_id, vacancies.c.seat_id == seat_id)
        vacancy = self._session.scalars(query).one_or_none()
        if vacancy is None:
            raise NotFound("no such vacancy")
        return vacancy

    def add(self, vacancy: Vacancy) -> None:
        """Remember a new one, at once."""
        self._session.add(vacancy)
        self._session.flush()

    def close(self, vacancy: Vacancy, seat_id: UUID, at: datetime) -> None:
        """That seat, which its group has by now, fills it: the seat is written first, the vacancy refers to it."""
        self._session.flush()
        vacancy.fill(seat_id, at)

    def open_in(self, group_id: UUID) -> list[Vacancy]:
        """Those nobody has filled, oldest first."""
        left = (vacancies.c.group_id == group_id) & vacancies.c.filled_by.is_(None)
        query = select(Vacancy).where(left).order_by(vacancies.c.opened_at, vacancies.c.seat_id)
        return list(self._session.scalars(query))

    def reserve(self, group_id: UUID) -> list[tuple[int, Candidacy]]:
        """Position and candidacy, in the order of the group's last draw."""
        query = select(reserves.c.position, Candidacy).join(
            candidacies, candidacies.c.id == reserves.c.candidacy_id
        )
        rows = self._session.execute(
            query.where(reserves.c.group_id == group_id).order_by(reserves.c.position)
        )
        return [(position, candidacy) for position, candidacy in rows]

    def keep_reserve(self, selection: Selection, candidacies: Iterable[UUID]) -> None:
        """The reserve of a group from now on, in this order."""
        self._session.execute(reserves.delete().where(reserves.c.group_id == selection.group_id))
        of = {"group_id": selection.group_id, "selection_id": selection.id}
        rows = [{"candidacy_id": key, "position": at, **of} for at, key in enumerate(candidacies, 1)]
        if rows:
            self._session.execute(insert(reserves), rows)
