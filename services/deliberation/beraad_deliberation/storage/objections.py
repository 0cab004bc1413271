"""The objections and the opinions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad.messaging.cursors import upsert
from beraad_deliberation.domain.objection_states import OPEN, UNTESTED, ObjectionState
from beraad_deliberation.domain.objections import Objection, Opinion
from beraad_deliberation.domain.verdict import Objected
from beraad_deliberation.storage.repositories import CHANGE, Repository
from beraad_deliberation.storage.tables import objections, opinions, rounds


class Objections(Repository):
    """The objections and the opinions on them."""

    def get(self, objection_id: UUID) -> Objection:
        """Lock and return. Raises `NotFound`."""
        return self._get(Objection, objection_id, "no such objection")

    def origin(self, objection_id: UUID) -> tuple[UUID, UUID]:
        """In which round it was raised and by whom; not locked, it never changes. Raises `NotFound`."""
        query = select(objections.c.round_id, objections.c.objector_id)
        row = self._session.execute(query.where(objections.c.id == objection_id)).one_or_none()
        if row is None:
            raise NotFound("no such objection")
        return row.round_id, row.objector_id

    def add(self, objection: Objection) -> None:
        """Remember it."""
        self._keep(objection)

    def raised_in(self, round_id: UUID, objector_id: UUID) -> Objection | None:
        """Lock and return that person's objection in that round."""
        mine = (objections.c.round_id == round_id) & (objections.c.objector_id == objector_id)
        found: Objection | None = self._one(select(Objection).where(mine).with_for_update(**CHANGE))
        return found

    def open_of(self, proposal_id: UUID) -> list[Objection]:
        """Lock and return those that stand, oldest first."""
        return self._open(objections.c.proposal_id == proposal_id)

    def heard_in(self, round_id: UUID, proposal_id: UUID) -> list[Objected]:
        """Those to the proposal that stand, and all that were raised in that round; not locked."""
        self._session.flush()
        told = (objections.c.round_id == round_id) | objections.c.state.in_(OPEN)
        query = select(
            objections.c.objector_id, objections.c.raised_by_id, objections.c.state, rounds.c.number
        )
        query = query.join(rounds, rounds.c.id == objections.c.round_id)
        query = query.where(objections.c.proposal_id == proposal_id, told).order_by(objections.c.id)
        return [
            Objected(
                elector=row.objector_id,
                round_number=row.number,
                state=row.state,
                raised_by=row.raised_by_id,
            )
            for row in self._session.execute(query)
        ]

    def untested_of(self, proposal_id: UUID) -> list[UUID]:
        """Those that stand and were not tested, oldest first."""
        untested = (objections.c.proposal_id == proposal_id) & objections.c.state.in_(UNTESTED)
        query = select(objections.c.id).where(untested).order_by(objections.c.id)
        return list(self._session.execute(query).scalars())

    def open_by(self, objector_id: UUID, group_id: UUID) -> list[Objection]:
        """Lock and return those of one person in one group that stand, oldest first."""
        return self._open((objections.c.objector_id == objector_id) & (objections.c.group_id == group_id))

    def merged_into(self, objection_id: UUID) -> list[Objection]:
        """Lock and return those that go on in that one, oldest first."""
        self._session.flush()
        goes_on = (objections.c.merged_into_id == objection_id) & (
            objections.c.state == ObjectionState.MERGED
        )
        query = select(Objection).where(goes_on).order_by(objections.c.id)
        return self._all(query.with_for_update(**CHANGE))

    def put_opinion(
        self, objection_id: UUID, person_id: UUID, qualifies: bool, reason: str, at: datetime
    ) -> None:
        """One opinion per person, the latest."""
        changes = {"qualifies": qualifies, "reason": reason, "given_at": at}
        statement = upsert(self._session, opinions).values(
            objection_id=objection_id, person_id=person_id, **changes
        )
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["objection_id", "person_id"], set_=changes)
        )

    def drop_opinions(self, objection_id: UUID) -> None:
        """They were on something else."""
        self._session.execute(opinions.delete().where(opinions.c.objection_id == objection_id))

    def opinions(self, objection_id: UUID) -> list[Opinion]:
        """All opinions on it."""
        query = select(opinions.c.person_id, opinions.c.qualifies).where(
            opinions.c.objection_id == objection_id
        )
        return [Opinion(row.person_id, row.qualifies) for row in self._session.execute(query)]

    def _open(self, which: Any) -> list[Objection]:
        query = select(Objection).where(which, objections.c.state.in_(OPEN)).order_by(objections.c.id)
        return self._all(query.with_for_update(**CHANGE))
