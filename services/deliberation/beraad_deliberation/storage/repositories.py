"""Repositories: loading and keeping aggregates, each bound to one session and its actor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, Select, Table, func, select
from sqlalchemy.orm import Session

from beraad.domain import Actor, NotFound, NotYetKnown
from beraad.roster import KnownGroup, known_group, names_of, seat_holders, taking_part
from beraad.storage.tables import known_compositions
from beraad_deliberation.domain.amendments import OPEN, Amendment, AmendmentState
from beraad_deliberation.domain.contributions import Contribution
from beraad_deliberation.domain.group_profiles import GroupProfile
from beraad_deliberation.domain.questions import Question, Reaction
from beraad_deliberation.storage import tables

A = TypeVar("A")
CHANGE: Any = {"key_share": True}
"""How a row is locked for a change: FOR NO KEY UPDATE.

It excludes other changes and FOR SHARE as FOR UPDATE does, but not the foreign keys of rows inserted meanwhile:
with FOR UPDATE, an objection (which refers to its proposal) and a close would wait for each other.
"""


class Repository:
    """What every repository starts from."""

    def __init__(self, session: Session, actor: Actor) -> None:
        """Bound to one transaction."""
        self._session = session
        self._actor = actor

    @property
    def _engine(self) -> Engine:
        bound = self._session.get_bind()
        return bound if isinstance(bound, Engine) else bound.engine

    def _get(self, kind: type[A], key: UUID, missing: str) -> A:
        """Lock and return, as it is now. Raises `NotFound`."""
        found = self._session.get(kind, key, with_for_update=CHANGE, populate_existing=True)
        if found is None:
            raise NotFound(missing)
        return found

    def _keep(self, aggregate: object) -> None:
        """Write it at once: what refers to it may be written by Core."""
        self._session.add(aggregate)
        self._session.flush()

    def _one(self, query: Select[Any]) -> Any:
        return self._session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def _all(self, query: Select[Any]) -> list[Any]:
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def _claimed(self, kind: type[A], table: Table, due: Any, by: Any) -> A | None:
        """One due row that no other worker holds, locked until the end of the transaction."""
        query = select(kind).where(due).order_by(by).limit(1)
        claimed: A | None = self._one(query.with_for_update(**CHANGE, skip_locked=True, of=table))
        return claimed


class Groups(Repository):
    """The groups as far as membership told of them."""

    def get(self, group_id: UUID) -> KnownGroup:
        """Raises `NotYetKnown`."""
        group = known_group(self._session, group_id)
        if group is None:
            raise NotYetKnown(f"group {group_id} is not known here yet")
        return group

    def taking_part(self, group_id: UUID, people: Iterable[UUID]) -> set[UUID]:
        """Those of these people who hold a seat or a role in the group."""
        return taking_part(self._session, group_id, people)

    def expect_people(self, people: Collection[UUID]) -> None:
        """Raises `NotYetKnown`, naming one whom membership has not told of."""
        known = names_of(self._session, people)
        for person_id in people:
            if person_id not in known:
                raise NotYetKnown(f"person {person_id} is not known here yet")

    def present_at(self, meeting_id: UUID | None) -> list[UUID]:
        """Who is counted present at that meeting; nobody, where that is not known."""
        meetings = tables.known_meetings.c
        query = select(meetings.present_ids).where(meetings.meeting_id == meeting_id)
        return self._session.execute(query).scalar() or []

    def missing_coordinators(self, group_id: UUID) -> list[str]:
        """The required roles nobody has."""
        health = known_compositions.c
        query = select(health.missing_roles).where(health.group_id == group_id, ~health.coordinators_present)
        return list(self._session.execute(query).scalar() or [])


class GroupProfiles(Repository):
    """The decision profiles groups set for themselves, append-only."""

    def current(self, group_id: UUID) -> GroupProfile | None:
        """The one that counts, if one was set. Two who set at once: the second breaks the key and tries again."""
        mine = tables.group_profiles.c
        query = select(GroupProfile).where(mine.group_id == group_id).order_by(mine.revision.desc())
        found: GroupProfile | None = self._one(query.limit(1))
        return found

    def add(self, profile: GroupProfile) -> None:
        """Remember it."""
        self._keep(profile)


class Questions(Repository):
    """Questions and reactions."""

    def get(self, question_id: UUID) -> Question:
        """Lock and return. Raises `NotFound`."""
        return self._get(Question, question_id, "no such question")

    def unanswered(self, proposal_id: UUID) -> int:
        """How many questions wait for an answer."""
        asked = tables.questions.c
        waiting = (asked.proposal_id == proposal_id) & asked.answer.is_(None)
        query = select(func.count()).select_from(tables.questions).where(waiting)
        return self._session.execute(query).scalar_one()

    def all_reacted(self, proposal_id: UUID, group_id: UUID) -> bool:
        """Whether everybody who holds a seat in the group has reacted or passed."""
        given = tables.reactions.c
        query = select(given.person_id).where(given.proposal_id == proposal_id)
        return set(seat_holders(self._session, group_id)) <= set(self._session.execute(query).scalars())

    def add(self, said: Question | Reaction) -> None:
        """Remember it."""
        self._keep(said)


class Amendments(Repository):
    """The amendments."""

    def get(self, amendment_id: UUID) -> Amendment:
        """Lock and return. Raises `NotFound`."""
        return self._get(Amendment, amendment_id, "no such amendment")

    def open_of(self, proposal_id: UUID) -> list[Amendment]:
        """Lock and return those not settled, oldest first."""
        amendments = tables.amendments.c
        query = select(Amendment).where(amendments.proposal_id == proposal_id, amendments.state.in_(OPEN))
        return self._all(query.order_by(amendments.id).with_for_update(**CHANGE))

    def ids_of(self, proposal_id: UUID) -> set[UUID]:
        """All amendments of a proposal."""
        amendments = tables.amendments.c
        query = select(amendments.id).where(amendments.proposal_id == proposal_id)
        return set(self._session.execute(query).scalars())

    def touched_since(self, proposal_id: UUID, version: int) -> list[UUID]:
        """Those accepted in, or in conflict with, a later version than that, and those carried over to one."""
        amendments = tables.amendments.c
        later = (
            (amendments.accepted_in_version > version)
            | (amendments.state == AmendmentState.CONFLICTED) & (amendments.base_version >= version)
            | amendments.state.in_(OPEN) & (amendments.base_version > version)
        )
        query = select(amendments.id).where(amendments.proposal_id == proposal_id, later)
        return list(self._session.execute(query.order_by(amendments.id)).scalars())

    def add(self, amendment: Amendment) -> None:
        """Remember it."""
        self._keep(amendment)


class Contributions(Repository):
    """The contributions."""

    def get(self, contribution_id: UUID) -> Contribution:
        """Lock and return. Raises `NotFound`."""
        return self._get(Contribution, contribution_id, "no such contribution")

    def add(self, contribution: Contribution) -> None:
        """Remember it."""
        self._keep(contribution)
