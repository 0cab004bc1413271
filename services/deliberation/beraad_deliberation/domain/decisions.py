"""The decision register: what was decided, from when, who does what, when it is looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, RuleBroken
from beraad_deliberation.domain import events


class DecisionState(StrEnum):
    """Where a decision is in its life."""

    ADOPTED = "adopted"
    IN_FORCE = "in_force"
    UNDER_REVIEW = "under_review"
    SUPERSEDED = "superseded"
    RETIRED = "retired"
    EXPIRED = "expired"


D = DecisionState
STANDING = frozenset({D.IN_FORCE, D.UNDER_REVIEW})
"""Binding now: a decision under review stands until it is dropped or superseded."""
GIVING_WAY = STANDING | {D.ADOPTED}
"""Can be superseded: also before its day has come, or it would bind after the later one."""

TRANSITIONS: Mapping[DecisionState, frozenset[DecisionState]] = {
    D.ADOPTED: frozenset({D.IN_FORCE, D.SUPERSEDED}),
    D.IN_FORCE: frozenset({D.UNDER_REVIEW, D.SUPERSEDED, D.EXPIRED}),
    D.UNDER_REVIEW: frozenset({D.IN_FORCE, D.RETIRED, D.SUPERSEDED, D.EXPIRED}),
    D.SUPERSEDED: frozenset(),
    D.RETIRED: frozenset(),
    D.EXPIRED: frozenset(),
}


class ReviewOutcome(StrEnum):
    """What a review finds."""

    KEEP = "keep"
    DROP = "drop"
    EVOLVE = "evolve"


CONTESTED = "An answer that was recorded in the round is contested: would it have been decided so without it?"


class DecisionStateForbids(RuleBroken):
    """The decision is not in a state in which this can happen."""


class TaskIsDone(RuleBroken):
    """The task was done before."""


@dataclass(eq=False, kw_only=True)
class Decision:
    """Number `number` of its group, with the text as adopted and the verdict's reasons."""

    id: UUID
    group_id: UUID
    number: int
    proposal_id: UUID
    version: int
    kind: str
    title: str
    text: str
    reasons: list[str]
    adopted_at: datetime
    effective_on: date
    effective_at: datetime
    review_on: date | None
    review_at: datetime | None
    expires_on: date | None = None
    expires_at: datetime | None = None
    questions: list[str] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    supersedes_id: UUID | None = None
    superseded_by_id: UUID | None = None
    state: DecisionState = DecisionState.ADOPTED
    review_outcome: str | None = None
    review_note: str = ""
    revision: int = 0

    def take_effect(self) -> Event:
        """From now on it binds. Raises `DecisionStateForbids`."""
        self._enter(DecisionState.IN_FORCE)
        annex = {"groups": self.groups} if self.groups else {}
        return events.DecisionInForce(annex=annex, **self._next())

    def come_up_for_review(self) -> Event:
        """The review date is here. Raises `DecisionStateForbids`."""
        self._enter(DecisionState.UNDER_REVIEW)
        self.review_outcome = None
        return events.DecisionReviewDue(questions=tuple(self.questions), **self._next())

    def bring_review_forward(self, at: datetime) -> None:
        """An answer it rests on is contested: it comes up for review as soon as it binds."""
        if self.state in {DecisionState.ADOPTED, DecisionState.IN_FORCE}:
            self.review_at = at
            self.questions = [*self.questions, CONTESTED]

    def expire(self) -> None:
        """Its longest term is over and no review kept it. Raises `DecisionStateForbids`."""
        self._enter(DecisionState.EXPIRED)

    def conclude_review(
        self, outcome: ReviewOutcome, note: str, review_on: date, review_at: datetime
    ) -> None:
        """Keep it until the next review date, drop it, or wait for the proposal that supersedes it."""
        self._expect(DecisionState.UNDER_REVIEW)
        self.review_outcome, self.review_note = outcome, note
        if outcome is ReviewOutcome.KEEP:
            self._enter(DecisionState.IN_FORCE)
            self.review_on, self.review_at = review_on, review_at
        elif outcome is ReviewOutcome.DROP:
            self._enter(DecisionState.RETIRED)

    def give_way_to(self, other: UUID) -> Event:
        """A later decision stands in its place. Raises `DecisionStateForbids`."""
        self._enter(DecisionState.SUPERSEDED)
        self.superseded_by_id = other
        return events.DecisionSuperseded(superseded_by_id=other, **self._next())

    def _expect(self, state: DecisionState) -> None:
        if self.state is not state:
            raise DecisionStateForbids(f"the decision is {self.state}", state=self.state)

    def _enter(self, state: DecisionState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise DecisionStateForbids(f"the decision is {self.state}", state=self.state)
        self.state = state

    def _next(self) -> dict[str, Any]:
        self.revision += 1
        names = "revision group_id proposal_id number title kind effective_on review_on"
        return {"decision_id": self.id, **{name: getattr(self, name) for name in names.split()}}


NO_DECISION = UUID(int=0)
"""Told as the decision of a task that carries out none: its contract says that there is an id."""


@dataclass(eq=False, kw_only=True)
class Task:
    """Something somebody is to do, for a decision or because the minutes of a meeting say so. `due_at` is the beginning of the day it is due."""

    id: UUID
    decision_id: UUID | None
    group_id: UUID
    owner_id: UUID
    title: str
    due_on: date
    due_at: datetime
    done_at: datetime | None = None
    told_due: bool = False
    from_minutes_id: UUID | None = None
    from_meeting_id: UUID | None = None
    revision: int = 1

    def assigned(self) -> Event:
        """The fact that somebody is to do it."""
        return events.TaskAssigned(revision=self.revision, **self._state())

    def tell_due(self) -> Event:
        """The due date is here; told once."""
        self.told_due = True
        self.revision += 1
        return events.TaskDue(revision=self.revision, **self._state())

    def finish(self, at: datetime) -> Event:
        """It is done. Raises `TaskIsDone`."""
        if self.done_at is not None:
            raise TaskIsDone
        self.done_at = at
        self.revision += 1
        return events.TaskDone(revision=self.revision, **self._state())

    def _state(self) -> dict[str, Any]:
        names = "group_id owner_id title due_on"
        of = {"minutes_id": self.from_minutes_id, "meeting_id": self.from_meeting_id}
        told = {"task_id": self.id, "decision_id": self.decision_id or NO_DECISION, **of}
        return {**told, **{name: getattr(self, name) for name in names.split()}}
