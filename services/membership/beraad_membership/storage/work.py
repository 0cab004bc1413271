"""The unit of work: one transaction with membership's repositories."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from beraad.domain import Actor, Standing
from beraad.held import Section, parts_of
from beraad.messaging.erasing import erase_from_log
from beraad.perform import Work as KernelWork
from beraad.settings import Settings
from beraad_membership.domain.authorization import POLICIES
from beraad_membership.storage import mapping
from beraad_membership.storage.exports import HELD, Exports
from beraad_membership.storage.imports import PeopleImports
from beraad_membership.storage.repositories import (
    ApiKeys,
    Candidacies,
    Conflicts,
    Consents,
    Groups,
    People,
    SignIns,
)
from beraad_membership.storage.selecting import Selections, Vacancies
from beraad_membership.storage.tables import groups, people, roles, seats

__all__ = ["Work", "mapping"]


class Work(KernelWork):
    """Membership owns the roster, so standing is read from its own tables."""

    policies = POLICIES
    administrators = (people.c.id, people.c.administrator)

    def __init__(self, session: Session, actor: Actor, now: datetime | None, settings: Settings) -> None:
        """Bind the repositories."""
        super().__init__(session, actor, now, settings)
        self.people = People(session, actor)
        self.groups = Groups(session, actor)
        self.candidacies = Candidacies(session, actor)
        self.conflicts = Conflicts(session, actor)
        self.selections = Selections(session, actor)
        self.vacancies = Vacancies(session, actor)
        self.consents = Consents(session, actor)
        self.imports = PeopleImports(session)
        self.sign_ins = SignIns(session, actor, settings.secret_key)
        self.api_keys = ApiKeys(session, actor)
        self.exports = Exports(session)

    def held_of(self, person_id: UUID) -> list[Section]:
        """What this service holds of that person, in parts."""
        return parts_of(self.session, person_id, HELD)

    def erase_from_log(self, person_id: UUID, pseudonym: str) -> None:
        """What this service published tells nothing of that person any more, nor what it answered."""
        erase_from_log(self.session, person_id, pseudonym)

    def standing(self, group_id: UUID | None) -> Standing:
        """What the actor is to that group."""
        me = self.actor.person_id
        if me is None or group_id is None:
            return Standing(self.actor, group_id)
        mine = aliased(seats)
        held = (mine.c.person_id == me) & mine.c.vacated_on.is_(None)
        seated = exists().where(held, mine.c.group_id == group_id)
        approver = exists().where(
            held, groups.c.id == group_id, groups.c.approving_body_id == mine.c.group_id
        )
        is_seated, is_approver = self.session.execute(select(seated, approver)).one()
        my_roles = select(roles.c.role).where(roles.c.group_id == group_id, roles.c.person_id == me)
        names = frozenset(self.session.execute(my_roles).scalars())
        return Standing(self.actor, group_id, seated=is_seated, approver=is_approver, roles=names)
