"""Majority votes: of a large group (the General Assembly), or as the fallback of a deadlocked proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event
from beraad_deliberation.domain import events
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.reminding import in_parts, reminder_after
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.tally import Count, judge
from beraad_deliberation.domain.verdict import Verdict


class Choice(StrEnum):
    """What a ballot says."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(eq=False, kw_only=True)
class Vote:
    """A vote over one version of a proposal. Its ballots are fresh, never derived from responses."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    version: int
    profile: DecisionProfile
    opened_at: datetime
    closes_at: datetime
    electors: int
    electorate_hash: str
    electorate_epoch: int
    electorate_position: int
    override_reason: str | None = None
    state: RunState = RunState.OPEN
    closed_at: datetime | None = None
    close_reason: str | None = None
    outcome: str | None = None
    reasons: list[str] = field(default_factory=list)
    eligible: int | None = None
    in_favor: int | None = None
    against: int | None = None
    abstained: int | None = None
    remind_at: datetime | None = None
    revision: int = 1

    def __post_init__(self) -> None:
        """A reminder follows where there is time for it."""
        self.remind_at = reminder_after(self.opened_at, self.closes_at)

    def opened(self, text: str) -> Event:
        """The fact that it runs."""
        return events.VoteOpened(
            revision=self.revision, electorate_hash=self.electorate_hash, text=text, **self._state()
        )

    def remind(self, unanswered: Sequence[UUID], at: datetime) -> list[Event]:
        """Say, once, who has cast no ballot: at most a hundred in an event. Nothing where its time is over."""
        self.remind_at = None
        parts = in_parts(unanswered) if at < self.closes_at else []
        return [self._reminder_due(part) for part in parts]

    def close(self, count: Count, reason: str | None, at: datetime) -> tuple[Verdict, Event]:
        """Judge the vote."""
        verdict = judge(count, self.profile)
        self.state, self.closed_at, self.close_reason = RunState.CLOSED, at, reason
        self.remind_at = None
        self.outcome, self.reasons = verdict.outcome, list(verdict.reasons)
        self.eligible, self.in_favor = count.eligible, count.in_favor
        self.against, self.abstained = count.against, count.abstained
        self.revision += 1
        return verdict, events.VoteClosed(
            revision=self.revision,
            outcome=verdict.outcome,
            reasons=verdict.reasons,
            in_favor=count.in_favor,
            against=count.against,
            abstained=count.abstained,
            **self._state(),
        )

    def _reminder_due(self, unanswered: tuple[UUID, ...]) -> Event:
        self.revision += 1
        return events.VoteReminderDue(revision=self.revision, unanswered_ids=unanswered, **self._state())

    def _state(self) -> dict[str, Any]:
        names = "proposal_id group_id title version closes_at electors"
        return {"vote_id": self.id, **{name: getattr(self, name) for name in names.split()}}
