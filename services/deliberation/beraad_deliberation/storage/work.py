"""The unit of work: one transaction with deliberation's repositories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from beraad.domain import Actor, Standing, can
from beraad.perform import Work as KernelWork
from beraad.settings import Settings
from beraad_deliberation.domain.authorization import POLICIES
from beraad_deliberation.domain.events import Sealing
from beraad_deliberation.domain.stages import Stage, possible
from beraad_deliberation.storage import mapping
from beraad_deliberation.storage.objections import Objections
from beraad_deliberation.storage.proposals import Proposals
from beraad_deliberation.storage.recorder import Record
from beraad_deliberation.storage.register import Approvals, Decisions
from beraad_deliberation.storage.repositories import (
    Amendments,
    Contributions,
    GroupProfiles,
    Groups,
    Questions,
)
from beraad_deliberation.storage.rounds import Electorates, Rounds, Votes

__all__ = ["Work", "mapping"]


class Work(KernelWork):
    """Deliberation knows groups, seats and roles as membership told of them."""

    policies = POLICIES

    def __init__(self, session: Session, actor: Actor, now: datetime | None, settings: Settings) -> None:
        """Bind the repositories."""
        super().__init__(session, actor, now, settings)
        self.record = Record(session, actor, settings)
        self._standings: dict[UUID | None, Standing] = {}
        self.groups = Groups(session, actor)
        self.group_profiles = GroupProfiles(session, actor)
        self.proposals = Proposals(session, actor)
        self.questions = Questions(session, actor)
        self.amendments = Amendments(session, actor)
        self.electorates = Electorates(session, actor)
        self.rounds = Rounds(session, actor)
        self.objections = Objections(session, actor)
        self.votes = Votes(session, actor)
        self.approvals = Approvals(session, actor)
        self.decisions = Decisions(session, actor)
        self.contributions = Contributions(session, actor)

    @contextmanager
    def attempting(self) -> Iterator[None]:
        """Nor is anything told of it in a record."""
        before = self.record.told()
        try:
            with super().attempting():
                yield
        except BaseException:
            self.record.tell_no_more_than(before)
            raise

    def finish(self) -> None:
        """Write the records, then the events; what tells of an end carries the record's checkpoint."""
        ending = {event.group_id for event in self.published if isinstance(event, Sealing)}
        checkpoints = self.record.write(self.now, ending) if self.record.has_something_to_say else {}
        self.published = [
            replace(event, checkpoint=checkpoints.get(event.group_id, ""))
            if isinstance(event, Sealing)
            else event
            for event in self.published
        ]
        super().finish()

    def standing(self, group_id: UUID | None) -> Standing:
        """What the actor is to that group, asked once per transaction."""
        if group_id not in self._standings:
            self._standings[group_id] = super().standing(group_id)
        return self._standings[group_id]

    def actions(
        self, names: Iterable[str], group_id: UUID, resource: Any = None, stage: Stage | None = None
    ) -> dict[str, dict[str, Any]]:
        """What the actor may do with a resource now, and why not: rights first, then the proposal's stage."""
        answer = {}
        for name in names:
            decision = can(self.policies, self.standing(group_id), name, resource)
            if decision.allowed and stage is not None:
                decision = possible(name, stage)
            answer[name] = dict(vars(decision))
        return answer
