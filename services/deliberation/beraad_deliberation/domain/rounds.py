"""Consent rounds: a frozen electorate answers one version until a deadline; closing gives the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, InvalidRequest, RuleBroken
from beraad_deliberation.domain import events
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.responding import Asked, RoundIsClosed
from beraad_deliberation.domain.verdict import SMALLEST, Outcome, Tally, Verdict, evaluate

LONGEST = timedelta(days=90)
SECOND_CALL = timedelta(hours=72)


class CoordinatorsMissing(RuleBroken):
    """The group lacks coordinators its policy requires, so no consent round opens."""


class ElectorateIsTooSmall(RuleBroken):
    """Fewer than two people could answer."""


class RoundStillRuns(RuleBroken):
    """Not everybody has answered and the deadline has not passed: close with a reason."""


class DeadlinesOnlyExtend(RuleBroken):
    """A deadline only moves later."""


class RunState(StrEnum):
    """A round or vote runs once."""

    OPEN = "open"
    CLOSED = "closed"


def expect_deadline(closes_at: datetime, opened_at: datetime, now: datetime) -> None:
    """Raise `InvalidRequest` unless the deadline is in the future and at most 90 days after the opening."""
    if closes_at <= now or closes_at > opened_at + LONGEST:
        raise InvalidRequest("closes_at lies in the future, at most 90 days on", pointer="/closes_at")


def refuse_early_close(*, all_answered: bool, closes_at: datetime, reason: str | None, now: datetime) -> None:
    """Raise `RoundStillRuns` unless everybody answered, the deadline passed, or a reason is given."""
    if not all_answered and now < closes_at and not reason:
        raise RoundStillRuns


@dataclass(frozen=True)
class Electorate:
    """The people asked, frozen: how many, SHA-256 over their sorted ids, and what of membership it was read from."""

    count: int
    hash: str
    epoch: int
    position: int

    def expect_enough(self) -> None:
        """Raise `ElectorateIsTooSmall`."""
        if self.count < SMALLEST:
            raise ElectorateIsTooSmall


@dataclass(frozen=True)
class Counted:
    """What storage counted. `objections`: responses that object; `root`: hash over all responses."""

    eligible: int
    present: int
    consents: int
    objections: int
    root: str


@dataclass(eq=False, kw_only=True)
class ConsentRound:
    """Round `number` of a proposal, over one version of its text."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    number: int
    version: int
    profile: DecisionProfile
    opened_at: datetime
    closes_at: datetime
    electors: int
    electorate_hash: str
    electorate_epoch: int
    electorate_position: int
    override_reason: str | None = None
    extended_automatically: bool = False
    state: RunState = RunState.OPEN
    closed_at: datetime | None = None
    close_reason: str | None = None
    outcome: str | None = None
    reasons: list[str] = field(default_factory=list)
    eligible: int | None = None
    present: int | None = None
    consents: int | None = None
    objections: int | None = None
    responses_root: str | None = None
    revision: int = 1

    @property
    def asked(self) -> Asked:
        """What electors are asked."""
        return Asked(self.number, self.version, self.state is RunState.OPEN, self.closes_at)

    def opened(self, text: str) -> Event:
        """The fact that it runs."""
        return events.RoundOpened(
            revision=self.revision, electorate_hash=self.electorate_hash, text=text, **self._state()
        )

    def extend(self, closes_at: datetime, now: datetime) -> Event:
        """Move the deadline later. Raises `RoundIsClosed`, `DeadlinesOnlyExtend`, `InvalidRequest`."""
        if self.state is not RunState.OPEN or now >= self.closes_at:
            raise RoundIsClosed
        if closes_at <= self.closes_at:
            raise DeadlinesOnlyExtend
        expect_deadline(closes_at, self.opened_at, now)
        return self._extended(closes_at)

    def close(
        self, counted: Counted, open_objections: int, reason: str | None, at: datetime
    ) -> tuple[Verdict, Event]:
        """Judge the round. Where the quorum is missing the first time, it is extended instead of closed."""
        verdict = self._judge(counted, open_objections, already_extended=self.extended_automatically)
        if verdict.outcome is Outcome.EXTENDED:
            self.extended_automatically = True
            return verdict, self._extended(max(self.closes_at, at) + SECOND_CALL)
        self.closed_at, self.close_reason = at, reason
        return verdict, self._closed(counted, verdict)

    def reconsider(self, counted: Counted, open_objections: int) -> tuple[Verdict, Event]:
        """Judge a closed round again, because what stood against it no longer stands."""
        verdict = self._judge(counted, open_objections, already_extended=True)
        return verdict, self._closed(counted, verdict)

    def abandon(self, counted: Counted, reason: str, at: datetime) -> Event:
        """End without a verdict: there is nothing left to decide."""
        self.closed_at = at
        return self._closed(counted, Verdict(Outcome.LAPSED, (reason,)))

    # -- rules and facts --------------------------------------------------------------------------------------

    def _judge(self, counted: Counted, open_objections: int, *, already_extended: bool) -> Verdict:
        tally = Tally(
            eligible=counted.eligible,
            present=counted.present,
            consents=counted.consents,
            open_objections=open_objections,
            round_number=self.number,
            already_extended=already_extended,
        )
        return evaluate(tally, self.profile)

    def _extended(self, closes_at: datetime) -> Event:
        self.closes_at = closes_at
        self.revision += 1
        return events.RoundExtended(revision=self.revision, **self._state())

    def _closed(self, counted: Counted, verdict: Verdict) -> Event:
        self.state = RunState.CLOSED
        self.outcome, self.reasons = verdict.outcome, list(verdict.reasons)
        self.eligible, self.present = counted.eligible, counted.present
        self.consents, self.objections = counted.consents, counted.objections
        self.responses_root = counted.root
        self.revision += 1
        return events.RoundClosed(
            revision=self.revision,
            outcome=verdict.outcome,
            reasons=verdict.reasons,
            present=counted.present,
            consents=counted.consents,
            objections=counted.objections,
            responses_root=counted.root,
            **self._state(),
        )

    def _state(self) -> dict[str, Any]:
        names = "proposal_id group_id title number version closes_at electors"
        return {"round_id": self.id, **{name: getattr(self, name) for name in names.split()}}
