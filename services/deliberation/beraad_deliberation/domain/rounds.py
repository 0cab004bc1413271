"""Consent rounds: a frozen electorate answers one version until a deadline; closing gives the verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, InvalidRequest, RuleBroken
from beraad_deliberation.domain import events
from beraad_deliberation.domain.edits import Run, excerpts
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.reminding import in_parts, reminder_after
from beraad_deliberation.domain.responding import Answer, Asked, RoundIsClosed
from beraad_deliberation.domain.verdict import (
    SMALLEST,
    Elector,
    Objected,
    Outcome,
    Tally,
    Verdict,
    evaluate,
    tallied,
)

LONGEST = timedelta(days=90)
CALLED_AGAIN_FOR = timedelta(hours=72)
LATE = timedelta(hours=24)
SILENCE_TAKES = timedelta(hours=72)
TOLD_AT_MOST = 100
MONEY = "money"
"""The kind of proposals that spend money."""


class CoordinatorsMissing(RuleBroken):
    """The group lacks coordinators its policy requires, so no consent round opens."""


class ElectorateIsTooSmall(RuleBroken):
    """Fewer than two people could answer."""


class RoundStillRuns(RuleBroken):
    """Not everybody has answered, or an objection is untested, before the deadline: close with a reason, if the quorum is there."""


class DeadlinesOnlyExtend(RuleBroken):
    """A deadline only moves later."""


class TooLateToAmend(RuleBroken):
    """In the last 24 hours of a round its text changes only if the deadline moves at least 24 hours."""


class RoundIsNotLive(RuleBroken):
    """Only in a live round are people present, and spoken answers recorded."""


class LiveRoundsAreNotSilent(RuleBroken):
    """In a live round people speak: silence is not declared to be consent."""


class SilenceIsNotPermitted(RuleBroken):
    """This group's decision profile does not let silence be declared to be consent."""


class SilenceNeedsTime(RuleBroken):
    """Where silence is consent, people have at least 72 hours to speak."""


class ObjectorsDoNotRecuse(RuleBroken):
    """Withdraw your objection first: whoever objects does not recuse themselves."""


class NotAnElector(RuleBroken):
    """This person is not in the round's electorate, or left it before."""


class RunState(StrEnum):
    """A round or vote runs once."""

    OPEN = "open"
    CLOSED = "closed"


def expect_deadline(closes_at: datetime, opened_at: datetime, now: datetime) -> None:
    """Raise `InvalidRequest` unless the deadline is in the future and at most 90 days after the opening."""
    if closes_at <= now or closes_at > opened_at + LONGEST:
        raise InvalidRequest("closes_at lies in the future, at most 90 days on", pointer="/closes_at")


def expect_silence(profile: DecisionProfile, kind: str, closes_at: datetime, now: datetime) -> None:
    """Raise `SilenceIsNotPermitted` (never where money is spent), `SilenceNeedsTime`."""
    if not profile.silence or kind == MONEY:
        raise SilenceIsNotPermitted
    if closes_at < now + SILENCE_TAKES:
        raise SilenceNeedsTime


def refuse_early_close(*, complete: bool, closes_at: datetime, reason: str | None, now: datetime) -> None:
    """Raise `RoundStillRuns` unless nothing is missing, the deadline passed, or a reason is given."""
    if not complete and now < closes_at and not reason:
        raise RoundStillRuns


def refuse_to_cut_silence_short(*, silence: bool, complete: bool, closes_at: datetime, now: datetime) -> None:
    """Raise `SilenceNeedsTime` where silence is consent and people may still speak."""
    if silence and not complete and now < closes_at:
        raise SilenceNeedsTime


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
class Difference:
    """How the roster differed from the frozen electorate at the close: counts, and the first hundred of each."""

    joined: int
    left: int
    joined_ids: tuple[UUID, ...]
    left_ids: tuple[UUID, ...]

    @classmethod
    def between(cls, frozen: set[UUID], now: set[UUID]) -> Difference:
        """What changed since."""
        joined, left = sorted(now - frozen), sorted(frozen - now)
        return cls(len(joined), len(left), tuple(joined[:TOLD_AT_MOST]), tuple(left[:TOLD_AT_MOST]))

    def to_document(self) -> dict[str, Any]:
        """As stored and shown."""
        return {
            "joined": self.joined,
            "left": self.left,
            "joined_ids": [str(one) for one in self.joined_ids],
            "left_ids": [str(one) for one in self.left_ids],
        }


@dataclass(frozen=True)
class Heard:
    """What a round is judged by: its electors with their answers, the objections that matter, the tree of all answers.

    `root`: the tree's, in hex; `leaves`: how many it has, replaced answers too.
    """

    electors: Sequence[Elector]
    objections: Sequence[Objected]
    root: str
    leaves: int = 0

    def to_document(self, tally: Tally) -> dict[str, Any]:
        """What of it will have changed when somebody judges the round again: see `documents.judged`."""
        return {
            "calls": tally.calls,
            "reconsidered": tally.reconsidered,
            "proposers": [str(one.id) for one in self.electors if one.proposer],
            "objections": [
                {
                    "elector": str(one.elector),
                    "round": one.round_number,
                    "state": str(one.state),
                    **({"raised_by": str(one.raised_by)} if one.raised_by not in {None, one.elector} else {}),
                }
                for one in self.objections
            ],
        }


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
    answers: str = ""
    silence: bool = False
    live: bool = False
    live_ended_at: datetime | None = None
    meeting_id: UUID | None = None
    contested: bool = False
    remind_at: datetime | None = None
    calls: int = 1
    state: RunState = RunState.OPEN
    closed_at: datetime | None = None
    close_reason: str | None = None
    outcome: str | None = None
    reasons: list[str] = field(default_factory=list)
    eligible: int | None = None
    present: int | None = None
    consents: int | None = None
    tacit: int | None = None
    objections: int | None = None
    responses_root: str | None = None
    difference: dict[str, Any] | None = None
    judged: dict[str, Any] | None = None
    revision: int = 1

    def __post_init__(self) -> None:
        """The words that may be answered, each between spaces, so that one statement can look for one of them; a reminder."""
        self.answers = f" {' '.join(self.profile.answers)} "
        self._plan_reminder(self.opened_at)

    def runs(self, now: datetime) -> bool:
        """Answers count; from the deadline on they do not, also while nobody has closed it."""
        return self.state is RunState.OPEN and now < self.closes_at

    @property
    def asked(self) -> Asked:
        """What electors are asked."""
        running = self.state is RunState.OPEN
        return Asked(self.number, self.version, running, self.closes_at, tuple(self.answers.split()))

    def opened(
        self,
        text: str,
        since_version: int | None = None,
        runs: Sequence[Run] = (),
        answered: Collection[UUID] | None = None,
    ) -> Event:
        """The fact that it runs; where there was a round before, what changed since the version that one asked about.

        `answered`: who answered that one; None where they are too many to name.
        """
        return events.RoundOpened(
            revision=self.revision,
            electorate_hash=self.electorate_hash,
            text=text,
            since_version=since_version,
            changes=tuple({"kind": str(run.kind), "text": run.text} for run in excerpts(runs)),
            answered_ids=None if answered is None else tuple(answered),
            **self._state(),
        )

    def extend(self, closes_at: datetime, now: datetime) -> Event:
        """Move the deadline later. Raises `RoundIsClosed`, `DeadlinesOnlyExtend`, `InvalidRequest`."""
        if self.state is not RunState.OPEN or now >= self.closes_at:
            raise RoundIsClosed
        if closes_at <= self.closes_at:
            raise DeadlinesOnlyExtend
        expect_deadline(closes_at, self.opened_at, now)
        return self._extended(closes_at, now)

    def remind(self, unanswered: Sequence[UUID], at: datetime) -> list[Event]:
        """Say, once, who has not answered: at most a hundred in an event. Nothing where its time is over."""
        self.remind_at = None
        parts = in_parts(unanswered) if self.runs(at) else []
        return [self._reminder_due(part) for part in parts]

    def close(
        self, heard: Heard, difference: Difference, reason: str | None, at: datetime
    ) -> tuple[Verdict, Event]:
        """Judge the round. Where the quorum is missing it is called again instead of closed, as the profile says.

        Before the deadline it does not lapse for that: those who are missing may still come. Raises `RoundStillRuns`.
        """
        verdict = self._judge(heard)
        if at < self.closes_at and verdict == Verdict(Outcome.LAPSED, ("QuorumNotReached",)):
            raise RoundStillRuns("the quorum is missing, and those who are may answer until the deadline")
        if verdict.outcome is Outcome.EXTENDED:
            self.calls += 1
            self.live_ended_at = at if self.live else None
            return verdict, self._extended(max(self.closes_at, at) + CALLED_AGAIN_FOR, at)
        self.closed_at, self.close_reason = at, reason
        self.difference = difference.to_document()
        return verdict, self._closed(heard, verdict)

    def reconsider(self, heard: Heard) -> tuple[Verdict, Event] | None:
        """Judge a closed round again, because what stood against it no longer stands; it is not called again.

        None where that changes nothing: somebody's answer still objects.
        """
        verdict = self._judge(heard)
        return (verdict, self._closed(heard, verdict)) if verdict.outcome != self.outcome else None

    def give_way(self, heard: Heard, at: datetime) -> Event:
        """The text it asks about changed: the next round asks about the new one. Answers stay as history."""
        self.closed_at, self.close_reason = at, "TextAmended"
        return self._closed(heard, Verdict(Outcome.AMENDED, ("TextAmended",)))

    def next_deadline(self, asked: datetime | None, now: datetime) -> datetime:
        """Until when the next round asks about an amended text. Raises `RoundIsClosed`, `TooLateToAmend`, `InvalidRequest`."""
        if self.state is not RunState.OPEN or now >= self.closes_at:
            raise RoundIsClosed
        deadline = asked or self.closes_at
        if self.closes_at - now < LATE and deadline < self.closes_at + LATE:
            raise TooLateToAmend(closes_at=self.closes_at, at_least=self.closes_at + LATE)
        if deadline < self.closes_at:
            raise DeadlinesOnlyExtend
        expect_deadline(deadline, now, now)
        return deadline

    @property
    def is_live(self) -> bool:
        """People answer together now, and those present are enough to close it."""
        return self.live and self.live_ended_at is None

    def let_absent_answer(self, at: datetime) -> Event | None:
        """All present have answered: by the profile, those absent still may for some hours. None: nobody waits for them."""
        self.live_ended_at = at
        hours = self.profile.absent_hours
        return self._extended(max(self.closes_at, at + timedelta(hours=hours)), at) if hours else None

    def follow_text(self, version: int) -> None:
        """An editorial change: what was answered about the text before is answered about this one."""
        self.version = version

    def abandon(self, heard: Heard, reason: str, at: datetime) -> Event:
        """End without a verdict: there is nothing left to decide."""
        self.closed_at = at
        return self._closed(heard, Verdict(Outcome.LAPSED, (reason,)))

    # -- rules and facts --------------------------------------------------------------------------------------

    def tally(self, heard: Heard) -> Tally:
        """What it would be judged by now."""
        return tallied(
            heard.electors,
            heard.objections,
            round_number=self.number,
            calls=self.calls,
            silence=self.silence,
            reconsidered=self.state is RunState.CLOSED,
        )

    def _judge(self, heard: Heard) -> Verdict:
        return evaluate(self.tally(heard), self.profile)

    def _plan_reminder(self, told_at: datetime) -> None:
        self.remind_at = None if self.is_live else reminder_after(told_at, self.closes_at)

    def _reminder_due(self, unanswered: tuple[UUID, ...]) -> Event:
        self.revision += 1
        return events.RoundReminderDue(revision=self.revision, unanswered_ids=unanswered, **self._state())

    def _extended(self, closes_at: datetime, at: datetime) -> Event:
        self.closes_at = closes_at
        self._plan_reminder(at)
        self.revision += 1
        return events.RoundExtended(revision=self.revision, **self._state())

    def _closed(self, heard: Heard, verdict: Verdict) -> Event:
        tally = self.tally(heard)
        self.judged = heard.to_document(tally)
        self.state, self.remind_at = RunState.CLOSED, None
        self.outcome, self.reasons = verdict.outcome, list(verdict.reasons)
        self.eligible, self.present, self.consents = tally.eligible, tally.present, tally.consents
        self.objections = sum(one.answer is Answer.OBJECT and not one.left for one in heard.electors)
        self.tacit = tally.tacit
        self.responses_root = heard.root
        self.revision += 1
        return events.RoundClosed(
            revision=self.revision,
            outcome=verdict.outcome,
            reasons=verdict.reasons,
            present=tally.present,
            consents=tally.consents,
            tacit=tally.tacit,
            objections=self.objections,
            responses_root=heard.root,
            **self._state(),
        )

    def _state(self) -> dict[str, Any]:
        names = "proposal_id group_id title number version closes_at electors meeting_id"
        return {"round_id": self.id, **{name: getattr(self, name) for name in names.split()}}
