"""Proposals: a text on its way from draft to decision. Every change returns the event it caused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from beraad.domain import Event, RuleBroken, expect_revision
from beraad_deliberation.domain import events
from beraad_deliberation.domain.profiles import PHASES, DecisionProfile, Fallback
from beraad_deliberation.domain.stages import (
    BEFORE_DECIDING,
    MOVES,
    TRANSITIONS,
    Stage,
    WrongStage,
    expect_possible,
)
from beraad_deliberation.domain.verdict import Outcome, Verdict
from beraad_deliberation.domain.versions import Version, chained_hash, hash_of


class ProposalIsIncomplete(RuleBroken):
    """A proposal goes to the group with a driver, a text, a responsible person and a review date."""


class GroupsBelongToConstituting(RuleBroken):
    """A proposal names groups to create exactly when its kind is constitute_group."""


class ProposersBelongToTheGroup(RuleBroken):
    """Whoever proposes holds a seat or a role in the group, or writes the draft."""


class StaleBase(RuleBroken):
    """The text has changed since: look at the current version and try again."""


class TextTooLong(RuleBroken):
    """A proposal's text has at most 20,000 characters."""


class NothingChanged(RuleBroken):
    """The new text is the same as the current one."""


class NothingChangedSinceLastRound(RuleBroken):
    """This version was put to a round before: publish another version first."""


class NoRoundsLeft(RuleBroken):
    """The maximum of rounds and the one extra round have been held."""


class PhaseIsNotUsed(RuleBroken):
    """This group's decision profile leaves this phase out."""


class MoveNeedsReason(RuleBroken):
    """Questions are unanswered, or people have not reacted yet: give a reason to go on."""


class NobodyWithdraws(RuleBroken):
    """Only a proposal that its proposers withdraw can be taken over, within 24 hours."""


class FallbackIsNotPermitted(RuleBroken):
    """This group's decision profile does not permit this way out of a deadlock."""


class NobodyToReferTo(RuleBroken):
    """The group has no approving body."""


class ProfileDecidesByVote(RuleBroken):
    """This group decides by majority vote, not by consent round."""


class ProfileDecidesByConsent(RuleBroken):
    """This group decides by consent; a vote is held only when a proposal is deadlocked."""


LONGEST_TEXT = 20_000
LONGEST_TITLE = 200
TAKEN_OVER_WITHIN = timedelta(hours=24)

ENDINGS: Mapping[Outcome, type[events.ProposalAdopted]] = {
    Outcome.ADOPTED: events.ProposalAdopted,
    Outcome.LAPSED: events.ProposalLapsed,
    Outcome.REJECTED: events.ProposalRejected,
    Outcome.DEADLOCKED: events.ProposalDeadlocked,
}


@dataclass(eq=False, kw_only=True)
class Proposal:
    """A proposal and the text that stands. `tasks` and `groups` are documents, checked before they come here."""

    id: UUID
    group_id: UUID
    kind: str
    title: str
    driver: str
    text: str
    proposer_ids: list[UUID]
    responsible_id: UUID
    created_at: datetime
    theme: str = ""
    effective_on: date | None = None
    review_on: date | None = None
    approval_due_on: date | None = None
    tasks: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    supersedes_id: UUID | None = None
    stage: Stage = Stage.DRAFT
    phase_ends_at: datetime | None = None
    withdraws_at: datetime | None = None
    granted_version: int | None = None
    version: int = 1
    version_hash: str | None = None
    profile: DecisionProfile | None = None
    rounds_held: int = 0
    last_round_version: int | None = None
    round_id: UUID | None = None
    vote_id: UUID | None = None
    approval_id: UUID | None = None
    decision_id: UUID | None = None
    revision: int = 1

    # -- drafting ---------------------------------------------------------------------------------------------

    def edit(self, changes: Mapping[str, Any], expected_revision: int | None) -> None:
        """Change a draft; nobody is told. Raises `Stale`, `WrongStage`."""
        expect_revision(self.revision, expected_revision)
        expect_possible("proposal.edit", self.stage)
        for name, value in changes.items():
            setattr(self, name, value)
        self.revision += 1

    def open(
        self, default_review_on: date, profile: DecisionProfile, author_id: UUID | None, at: datetime
    ) -> tuple[Version, Event]:
        """Put the draft to the group. Raises `ProposalIsIncomplete`, `GroupsBelongToConstituting`."""
        expect_possible("proposal.open", self.stage)
        self.review_on = self.review_on or default_review_on
        missing = [name for name in ("title", "driver", "text") if not getattr(self, name).strip()]
        if missing:
            raise ProposalIsIncomplete(f"missing: {', '.join(missing)}", missing=missing)
        if bool(self.groups) != (self.kind == "constitute_group"):
            raise GroupsBelongToConstituting
        self._enter_phase(Stage(profile.first_phase()), profile, at)
        opened = events.ProposalOpened(**self._next(), driver=self.driver)
        return self._version(author_id, "", at), opened

    def move(
        self, to: Stage, profile: DecisionProfile, at: datetime, *, finished: bool, reason: str | None
    ) -> Event:
        """A facilitator's step between the phases before a round; `finished`: everybody has said what they had to say.

        Raises `WrongStage`, `PhaseIsNotUsed`, `MoveNeedsReason`.
        """
        if to not in MOVES.get(self.stage, frozenset()):
            raise WrongStage(f"a facilitator does not move {self.stage} to {to}", stage=self.stage)
        if to in PHASES and to not in profile.phases:
            raise PhaseIsNotUsed(phases=list(profile.phases))
        if not finished and not reason:
            raise MoveNeedsReason
        self._enter_phase(to, profile, at)
        return self._moved()

    def end_phase(self, profile: DecisionProfile, at: datetime) -> Event:
        """On to the next phase: the time box is over, or everybody has reacted."""
        self._enter_phase(Stage(profile.phase_after(self.stage)), profile, at)
        return self._moved()

    def _enter_phase(self, stage: Stage, profile: DecisionProfile, at: datetime) -> None:
        self._enter(stage)
        box = profile.time_boxes.get(stage)
        self.phase_ends_at = at + timedelta(hours=box) if box is not None else None

    def withdraw(self, at: datetime) -> Event | None:
        """The proposers take it back: a draft at once, else unless somebody takes it over within 24 hours.

        Raises `WrongStage`, `FallbackIsNotPermitted`.
        """
        expect_possible("proposal.withdraw", self.stage)
        if self.stage is Stage.DEADLOCKED:
            self._expect_fallback(Fallback.WITHDRAW)
        if self.stage is Stage.DRAFT:
            return self.end_withdrawn()
        self.withdraws_at = self.withdraws_at or at + TAKEN_OVER_WITHIN
        self.revision += 1
        return None

    def take_over(self, by: UUID, at: datetime) -> Event:
        """Somebody else proposes it from now on; deadlines stay. Raises `NobodyWithdraws`."""
        if self.withdraws_at is None or at >= self.withdraws_at:
            raise NobodyWithdraws
        self.proposer_ids, self.withdraws_at = [by], None
        return self._moved()

    def end_withdrawn(self) -> Event:
        """Nobody took it over."""
        self._enter(Stage.WITHDRAWN)
        return events.ProposalWithdrawn(**self._next())

    # -- the text ---------------------------------------------------------------------------------------------

    def expect_base(self, base_version: int) -> None:
        """Raise `StaleBase` unless the change was written against the current version."""
        if base_version != self.version:
            raise StaleBase(f"version {self.version} stands, not {base_version}", version=self.version)

    def publish_version(
        self, text: str, note: str, author_id: UUID | None, at: datetime
    ) -> tuple[Version, Event]:
        """Let a new text stand. Raises `WrongStage`, `NothingChanged`, `TextTooLong`."""
        expect_possible("version.publish", self.stage)
        return self._stand(text, note, author_id, at)

    def adopt_amendment(
        self, text: str, amendment_id: UUID, rationale: str, author_id: UUID, at: datetime
    ) -> tuple[Version, Event]:
        """Let the text of an amendment stand. Raises `WrongStage`, `NothingChanged`, `TextTooLong`."""
        expect_possible("amendment.decide", self.stage)
        return self._stand(text, rationale, author_id, at, amendment_id)

    def edit_text(
        self, text: str, amendment_id: UUID, rationale: str, author_id: UUID, at: datetime
    ) -> tuple[Version, Event]:
        """An editorial change: what was asked about the text before is asked about this one. Raises as `adopt_amendment`."""
        expect_possible("amendment.edit", self.stage)
        asked_about_this = self.last_round_version == self.version
        version, published = self._stand(text, rationale, author_id, at, amendment_id, editorial=True)
        if asked_about_this:
            self.last_round_version = self.version
        return version, published

    def _stand(
        self,
        text: str,
        note: str,
        author_id: UUID | None,
        at: datetime,
        amendment_id: UUID | None = None,
        *,
        editorial: bool = False,
    ) -> tuple[Version, Event]:
        if len(text) > LONGEST_TEXT:
            raise TextTooLong
        if text == self.text:
            raise NothingChanged
        self.text = text
        self.version += 1
        version = self._version(author_id, note, at, amendment_id, editorial=editorial)
        return version, events.ProposalVersionPublished(**self._next(), text_hash=version.text_hash)

    def _version(
        self,
        author_id: UUID | None,
        note: str,
        at: datetime,
        amendment_id: UUID | None = None,
        *,
        editorial: bool = False,
    ) -> Version:
        text_hash, previous = hash_of(self.text), self.version_hash
        self.version_hash = chained_hash(previous, self.version, text_hash)
        return Version(
            proposal_id=self.id,
            number=self.version,
            text=self.text,
            text_hash=text_hash,
            previous_hash=previous,
            hash=self.version_hash,
            author_id=author_id,
            amendment_id=amendment_id,
            note=note,
            published_at=at,
            editorial=editorial,
        )

    def defer(self, title: str, owner_id: UUID | None, due_on: date | None) -> None:
        """What an objection asks for is done later: a task of the decision."""
        told = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
        task = {"title": told, "owner_id": str(owner_id), "due_on": due_on.isoformat() if due_on else None}
        self.tasks = [*self.tasks, task]

    # -- deciding ---------------------------------------------------------------------------------------------

    def start_round(self, round_id: UUID, profile: DecisionProfile) -> tuple[DecisionProfile, Event]:
        """Begin a consent round over the current version; the first freezes the profile, which is returned.

        Raises `WrongStage`, `ProfileDecidesByVote`, `NothingChangedSinceLastRound`, `NoRoundsLeft`.
        """
        expect_possible("round.open", self.stage)
        self.profile = self.profile or profile
        if self.profile.by_vote:
            raise ProfileDecidesByVote
        if self.stage is Stage.DEADLOCKED:
            self._expect_fallback(Fallback.EXTRA_ROUND)
        if self.stage is Stage.DEADLOCKED and self._no_rounds_left():
            raise NoRoundsLeft
        if self.stage is not Stage.DEADLOCKED and self.last_round_version == self.version:
            raise NothingChangedSinceLastRound(version=self.version)
        self.rounds_held += 1
        self.last_round_version = self.version
        self.round_id = round_id
        self._enter(Stage.CONSENT_ROUND)
        return self.profile, self._moved()

    def restart_round(self, round_id: UUID) -> Event:
        """The text changed while a round ran: the next one asks about the new text. Raises `NoRoundsLeft`, `WrongStage`."""
        if self.profile is None or self.rounds_held >= self.profile.max_rounds:
            raise NoRoundsLeft
        self.rounds_held += 1
        self.last_round_version, self.round_id = self.version, round_id
        self._enter(Stage.CONSENT_ROUND)
        return self._moved()

    def start_vote(self, vote_id: UUID, profile: DecisionProfile) -> tuple[DecisionProfile, Event]:
        """Begin a majority vote over the current version, by the profile returned. Raises `WrongStage`, `ProfileDecidesByConsent`."""
        expect_possible("vote.open", self.stage)
        self.profile = self.profile or profile
        if not self.profile.by_vote and self.stage is not Stage.DEADLOCKED:
            raise ProfileDecidesByConsent
        if self.stage is Stage.DEADLOCKED:
            self._expect_fallback(Fallback.VOTE)
        self.vote_id = vote_id
        self._enter(Stage.VOTE)
        return self.profile, self._moved()

    def refer(self) -> Verdict:
        """Let the approving body decide a deadlock. Raises `WrongStage`, `FallbackIsNotPermitted`, `NobodyToReferTo`."""
        expect_possible("proposal.refer", self.stage)
        self._expect_fallback(Fallback.REFER)
        if self.profile is None or not self.profile.recommends:
            raise NobodyToReferTo
        return Verdict(Outcome.AWAITING_APPROVAL, ("Referred", "ApprovingBodyDecides"))

    def _expect_fallback(self, fallback: Fallback) -> None:
        if fallback not in self._ways_out():
            raise FallbackIsNotPermitted(permitted=[str(one) for one in self._ways_out()])

    def _ways_out(self) -> tuple[Fallback, ...]:
        """What the profile permits; withdrawing besides where nothing else is left, as in profiles an older release let be set."""
        permitted = self.profile.fallbacks if self.profile else ()
        only_extra_round = set(permitted) == {Fallback.EXTRA_ROUND}
        return (*permitted, Fallback.WITHDRAW) if only_extra_round and self._no_rounds_left() else permitted

    def _may_be_withdrawn(self) -> bool:
        """What is being withdrawn goes on being so, into a deadlock only where that is a way out of it."""
        if self.stage is Stage.DEADLOCKED:
            return Fallback.WITHDRAW in self._ways_out()
        return self.stage in BEFORE_DECIDING

    def _no_rounds_left(self) -> bool:
        """Not even the extra one."""
        return self.profile is not None and self.rounds_held > self.profile.max_rounds

    def conclude(self, verdict: Verdict) -> Event:
        """Enter the stage the verdict leads to."""
        self._enter(Stage(verdict.outcome))
        ending = ENDINGS.get(verdict.outcome)
        return ending(**self._next(), reasons=verdict.reasons) if ending else self._moved()

    def granted_already(self, verdict: Verdict) -> Verdict:
        """The text the approving body asked for, if the group consents to it, needs no second answer; a referral asks for one."""
        asks = verdict.outcome is Outcome.AWAITING_APPROVAL and "Referred" not in verdict.reasons
        if not asks or self.version != self.granted_version:
            return verdict
        reasons = tuple(reason for reason in verdict.reasons if reason != "ApprovingBodyDecides")
        return Verdict(Outcome.ADOPTED, (*reasons, "ApprovalGranted"))

    def return_to_tuning(self) -> Event:
        """The approving body sent it back."""
        self._enter(Stage.TUNING)
        return self._moved()

    def change_by_body(
        self, text: str, note: str, author_id: UUID | None, at: datetime
    ) -> tuple[Version, Event]:
        """The approving body agrees to this text; the group consents to it or not. Raises `NothingChanged`, `TextTooLong`."""
        version, published = self.publish_version(text, note, author_id, at)
        self.granted_version = self.version
        return version, published

    def follow(self, stage: Stage) -> Event:
        """Go where its decision goes: in force, under review, retired, superseded."""
        self._enter(stage)
        return self._moved()

    # -- rules and facts --------------------------------------------------------------------------------------

    def _enter(self, stage: Stage) -> None:
        if stage not in TRANSITIONS[self.stage]:
            raise WrongStage(f"{stage} does not follow {self.stage}", stage=self.stage)
        self.stage, self.phase_ends_at = stage, None
        if not self._may_be_withdrawn():
            self.withdraws_at = None

    def _moved(self) -> Event:
        return events.ProposalMoved(**self._next())

    def _next(self) -> dict[str, Any]:
        self.revision += 1
        names = "revision group_id kind title stage version"
        state = {name: getattr(self, name) for name in names.split()}
        return {"proposal_id": self.id, "proposer_ids": tuple(self.proposer_ids), **state}
