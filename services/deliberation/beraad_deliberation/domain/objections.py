"""Objections: raised with a reason, tested by the group, integrated by a new version, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, NotAllowed, RuleBroken
from beraad_deliberation.domain import events
from beraad_deliberation.domain.profiles import Ratio

KINDS = ("aim", "side_effect", "efficiency", "rule")
ORPHANED_FOR = timedelta(hours=72)
ENOUGH_SAY_NO = Ratio(2, 3)
LEAST_SAY_NO = 2


class ObjectionState(StrEnum):
    """Where an objection is in its life."""

    RAISED = "raised"
    TESTING = "testing"
    VALID = "valid"
    INTEGRATING = "integrating"
    RESOLVED = "resolved"
    NOT_QUALIFIED = "not_qualified"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    ORPHANED = "orphaned"
    LAPSED = "lapsed"


O = ObjectionState  # noqa: E741 - reads as in the tables of the design
OPEN = frozenset({O.RAISED, O.TESTING, O.VALID, O.INTEGRATING, O.ORPHANED})
UNTESTED = frozenset({O.RAISED, O.TESTING})
ENDS = frozenset({O.RESOLVED, O.WITHDRAWN, O.MERGED, O.ORPHANED, O.LAPSED})

TRANSITIONS: Mapping[ObjectionState, frozenset[ObjectionState]] = {
    O.RAISED: frozenset({O.VALID, O.NOT_QUALIFIED, O.INTEGRATING}) | ENDS,
    O.TESTING: frozenset({O.VALID, O.NOT_QUALIFIED, O.INTEGRATING}) | ENDS,
    O.VALID: frozenset({O.INTEGRATING}) | ENDS,
    O.INTEGRATING: frozenset({O.INTEGRATING, O.VALID, O.NOT_QUALIFIED}) | ENDS,
    O.ORPHANED: frozenset({O.VALID, O.NOT_QUALIFIED, O.INTEGRATING, O.LAPSED}),
    O.WITHDRAWN: frozenset({O.RAISED}),
    O.RESOLVED: frozenset(),
    O.NOT_QUALIFIED: frozenset(),
    O.MERGED: frozenset(),
    O.LAPSED: frozenset(),
}
"""An objection withdrawn while its round runs may be raised again in that round."""


class ObjectionIsSettled(RuleBroken):
    """This objection no longer stands."""


class ObjectorAndProposerDoNotRule(NotAllowed):
    """Whether an objection qualifies is said by the other electors, not by objector or proposers."""


class OnlyTheObjectorWithdraws(NotAllowed):
    """An objection is withdrawn by whoever raised it."""


class NotAnObjectionToThis(RuleBroken):
    """That objection is not an open one to this proposal."""


@dataclass(frozen=True)
class Opinion:
    """What one elector finds of an objection."""

    person_id: UUID
    qualifies: bool


def qualifies(opinions: list[Opinion]) -> bool:
    """The group's test: valid unless at least 2/3 of those who answered, and at least 2, say it does not."""
    against = sum(not opinion.qualifies for opinion in opinions)
    return against < LEAST_SAY_NO or not ENOUGH_SAY_NO.is_reached(against, len(opinions))


@dataclass(eq=False, kw_only=True)
class Objection:
    """One elector's objection in one round. `follows_id` is their earlier one to the same proposal."""

    id: UUID
    round_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    objector_id: UUID
    reason: str
    kind: str
    raised_at: datetime
    state: ObjectionState = ObjectionState.RAISED
    follows_id: UUID | None = None
    integrated_in_version: int | None = None
    tested_at: datetime | None = None
    settled_at: datetime | None = None
    orphaned_until: datetime | None = None
    revision: int = 1

    @property
    def is_open(self) -> bool:
        """It stands, so nothing is adopted."""
        return self.state in OPEN

    def raised(self) -> Event:
        """The fact that it was raised."""
        return events.ObjectionRaised(revision=self.revision, **self._state())

    def raise_again(self, reason: str, kind: str, at: datetime) -> list[Event]:
        """The same elector objects once more in the same round: one objection, with the newer reason."""
        self.reason, self.kind = reason, kind
        if self.is_open:
            return []
        self._enter(ObjectionState.RAISED)
        self.raised_at, self.settled_at = at, None
        self.revision += 1
        return [self.raised()]

    def refuse_opinion_of(self, person_id: UUID, proposers: list[UUID]) -> None:
        """Raise `ObjectionIsSettled`, `ObjectorAndProposerDoNotRule`."""
        if not self.is_open:
            raise ObjectionIsSettled(state=self.state)
        if person_id == self.objector_id or person_id in proposers:
            raise ObjectorAndProposerDoNotRule

    def conclude_test(self, opinions: list[Opinion], at: datetime) -> list[Event]:
        """Find by the opinions whether it qualifies. Raises `ObjectionIsSettled`."""
        valid = qualifies(opinions)
        self._enter(ObjectionState.VALID if valid else ObjectionState.NOT_QUALIFIED)
        self.tested_at = at
        self.revision += 1
        tested: list[Event] = [events.ObjectionTested(revision=self.revision, **self._state())]
        return tested if valid else [*tested, self._resolved(at)]

    def integrate(self, version: int) -> None:
        """A new version answers it; whether it does, the objector says in the next round."""
        self._enter(ObjectionState.INTEGRATING)
        self.integrated_in_version = version

    def end(self, state: ObjectionState, at: datetime) -> list[Event]:
        """It no longer stands: resolved, withdrawn, merged, lapsed. Raises `ObjectionIsSettled`."""
        self._enter(state)
        return [self._resolved(at)]

    def orphan(self, at: datetime) -> None:
        """The objector left of their own will; it stands for 72 hours more."""
        self._enter(ObjectionState.ORPHANED)
        self.orphaned_until = at + ORPHANED_FOR

    def _enter(self, state: ObjectionState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise ObjectionIsSettled(f"it is {self.state}", state=self.state)
        self.state = state

    def _resolved(self, at: datetime) -> Event:
        self.settled_at = at
        self.revision += 1
        return events.ObjectionResolved(revision=self.revision, **self._state())

    def _state(self) -> dict[str, Any]:
        names = "round_id proposal_id group_id title kind state"
        return {"objection_id": self.id, **{name: getattr(self, name) for name in names.split()}}
