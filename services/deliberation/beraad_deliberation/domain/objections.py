"""Objections: raised with a reason, tested as the profile says, integrated by a new version, never lost.

Source: design, "Objections" (Sociocracy 3.0: objections reveal reasons not to do what was planned).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, NotAllowed, RuleBroken
from beraad_deliberation.domain import events
from beraad_deliberation.domain.objection_states import OPEN, TRANSITIONS, UNTESTED, ObjectionState
from beraad_deliberation.domain.profiles import ObjectionTest, Ratio

KINDS = ("aim", "side_effect", "efficiency", "rule")
ORPHANED_FOR = timedelta(hours=72)
APPEALED_WITHIN = timedelta(hours=24)
ENOUGH_SAY_NO = Ratio(2, 3)
LEAST_SAY_NO = 2


class Strategy(StrEnum):
    """How a new version integrates an objection."""

    AMEND = "amend"
    SHORTEN_TERM = "shorten_term"
    MEASURE = "measure"
    DEFER = "defer"
    DELEGATE = "delegate"
    ACCEPT_RISK = "accept_risk"


class ObjectionIsSettled(RuleBroken):
    """This objection no longer stands."""


class ObjectorAndProposerDoNotRule(NotAllowed):
    """Whether an objection qualifies is said by others, not by its objector or the proposers."""


class ObjectionIsNotTestedSo(RuleBroken):
    """This group's decision profile has objections tested in another way."""


class NoRulingToAppeal(RuleBroken):
    """There is no ruling that could be appealed, or its time is over."""


class NotAnObjectionToThis(RuleBroken):
    """That objection is not an open one to this proposal."""


class ObjectionsAreUntested(RuleBroken):
    """Test these objections first, or say that the new version answers them: else they would vanish."""


class DeferralNeedsOwnerAndDate(RuleBroken):
    """What is deferred is somebody's, until a day."""


class ObjectionIsNotOrphaned(RuleBroken):
    """Only an objection whose objector left the group can be adopted, within 72 hours."""


class ObjectionIsOrphaned(RuleBroken):
    """Nobody speaks for this objection any more: adopt it, or it lapses."""


class AlreadyObjects(RuleBroken):
    """You have an objection of your own in that round."""


class ObjectionIsNotIntegrated(RuleBroken):
    """No version has answered this objection yet, so there is nothing to confirm."""


@dataclass(frozen=True)
class Opinion:
    """What one elector finds of an objection."""

    person_id: UUID
    qualifies: bool


@dataclass(frozen=True)
class Integration:
    """How the new version answers an objection. `owner_id` and `due_on`: who does it until when, for what is deferred."""

    objection_id: UUID
    strategy: Strategy = Strategy.AMEND
    note: str = ""
    owner_id: UUID | None = None
    due_on: date | None = None

    def expect_whole(self) -> None:
        """Raise `DeferralNeedsOwnerAndDate`."""
        if self.strategy is Strategy.DEFER and (self.owner_id is None or self.due_on is None):
            raise DeferralNeedsOwnerAndDate


def qualifies(opinions: Sequence[Opinion]) -> bool:
    """The group's test: valid unless at least 2/3 of those who answered, and at least 2, say it does not."""
    against = sum(not opinion.qualifies for opinion in opinions)
    return against < LEAST_SAY_NO or not ENOUGH_SAY_NO.is_reached(against, len(opinions))


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What an objection says: why, what kind of harm, about which passage, and which amendment would answer it."""

    reason: str
    kind: str
    anchor_start: int | None = None
    anchor_end: int | None = None
    amendment_id: UUID | None = None


@dataclass(eq=False, kw_only=True)
class Objection:
    """One elector's objection in one round. `follows_id` is their earlier one to the same proposal.

    `objector_id` is who raised it, or who adopted it. `anchor`: the passage it is about, `[start, end)` in characters of the
    round's version.
    """

    id: UUID
    round_id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    objector_id: UUID
    raised_by_id: UUID
    reason: str
    kind: str
    raised_at: datetime
    anchor_start: int | None = None
    anchor_end: int | None = None
    amendment_id: UUID | None = None
    state: ObjectionState = ObjectionState.RAISED
    follows_id: UUID | None = None
    merged_into_id: UUID | None = None
    ruling_reason: str | None = None
    appealable_until: datetime | None = None
    appealed_at: datetime | None = None
    integrated_in_version: int | None = None
    strategy: Strategy | None = None
    strategy_note: str = ""
    strategy_owner_id: UUID | None = None
    strategy_due_on: date | None = None
    tested_at: datetime | None = None
    settled_at: datetime | None = None
    orphaned_from: ObjectionState | None = None
    orphaned_until: datetime | None = None
    revision: int = 1

    @property
    def is_open(self) -> bool:
        """It stands, so nothing is adopted."""
        return self.state in OPEN

    @property
    def is_spoken_for(self) -> bool:
        """Its objector has not left of their own will, or somebody adopted it."""
        return self.state is not ObjectionState.ORPHANED

    # -- raising ----------------------------------------------------------------------------------------------

    def raised(self, test: ObjectionTest) -> Event:
        """The fact that it was raised. Where only the objector tests it, it stands from the beginning."""
        if test is ObjectionTest.SELF:
            self._enter(ObjectionState.VALID)
        return events.ObjectionRaised(revision=self.revision, **self._state())

    @property
    def grounds(self) -> Grounds:
        """What it says now."""
        return Grounds(
            reason=self.reason,
            kind=self.kind,
            anchor_start=self.anchor_start,
            anchor_end=self.anchor_end,
            amendment_id=self.amendment_id,
        )

    def raise_again(self, grounds: Grounds, test: ObjectionTest, at: datetime) -> list[Event]:
        """The same elector objects once more in the same round: one objection, with the newer grounds.

        What was found of others, or before it ended, is found no more: a ruling on them does not stand.
        """
        if grounds != self.grounds:
            self.reason, self.kind, self.amendment_id = grounds.reason, grounds.kind, grounds.amendment_id
            self.anchor_start, self.anchor_end = grounds.anchor_start, grounds.anchor_end
            self.appealable_until = None
        if self.is_open:
            return []
        self._enter(ObjectionState.RAISED)
        self.raised_at, self.settled_at, self.merged_into_id, self.tested_at = at, None, None, None
        self.revision += 1
        return [self.raised(test)]

    # -- testing ----------------------------------------------------------------------------------------------

    def hear_opinion(self, person_id: UUID, proposers: Sequence[UUID], test: ObjectionTest) -> None:
        """Somebody says what they find. Raises `ObjectionIsSettled`, `ObjectorAndProposerDoNotRule`, `ObjectionIsNotTestedSo`."""
        self._expect_ruled_by(person_id, proposers)
        self._expect_tested_by_group(test)
        if self.state is ObjectionState.RAISED:
            self._enter(ObjectionState.TESTING)

    def conclude_test(
        self, opinions: Sequence[Opinion], test: ObjectionTest, at: datetime, proposers: Sequence[UUID] = ()
    ) -> list[Event]:
        """Find by the others' opinions whether it qualifies. Whoever adopted it or proposes since no longer rules.

        Raises `ObjectionIsSettled`, `ObjectionIsNotTestedSo`.
        """
        self._expect_tested_by_group(test)
        return self._tested(valid=qualifies(self.of_others(opinions, proposers)), at=at)

    def of_others(self, opinions: Sequence[Opinion], proposers: Sequence[UUID]) -> list[Opinion]:
        """Those that count: not of whoever objects or proposes now."""
        return [one for one in opinions if one.person_id not in (self.objector_id, *proposers)]

    def rule(
        self,
        by: UUID | None,
        proposers: Sequence[UUID],
        test: ObjectionTest,
        reason: str,
        at: datetime,
        *,
        valid: bool,
    ) -> list[Event]:
        """The facilitator's ruling; that it does not qualify can be appealed for 24 hours, while it stands.

        Raises `ObjectionIsSettled`, `ObjectorAndProposerDoNotRule`, `ObjectionIsNotTestedSo`.
        """
        self._expect_ruled_by(by, proposers)
        if test is not ObjectionTest.FACILITATOR or self.appealed_at is not None:
            raise ObjectionIsNotTestedSo
        self.ruling_reason = reason
        if valid:
            return self._tested(valid=True, at=at)
        if self.state is not ObjectionState.TESTING:
            self._enter(ObjectionState.TESTING)
        self.appealable_until, self.tested_at = at + APPEALED_WITHIN, None
        return []

    def appeal(self, at: datetime) -> None:
        """The objector lets the group test it instead. Raises `NoRulingToAppeal`."""
        if not self.is_open or self.appealable_until is None or at >= self.appealable_until:
            raise NoRulingToAppeal
        self.appealed_at, self.appealable_until = at, None

    def let_ruling_stand(self, at: datetime) -> list[Event]:
        """Nobody appealed."""
        return self._tested(valid=False, at=at)

    def _tested(self, *, valid: bool, at: datetime) -> list[Event]:
        self._expect_spoken_for()
        self._enter(ObjectionState.VALID if valid else ObjectionState.NOT_QUALIFIED)
        self.tested_at, self.appealable_until = at, None
        self.revision += 1
        tested: list[Event] = [events.ObjectionTested(revision=self.revision, **self._state())]
        return tested if valid else [*tested, self._resolved(at)]

    def _expect_ruled_by(self, person_id: UUID | None, proposers: Sequence[UUID]) -> None:
        if not self.is_open:
            raise ObjectionIsSettled(state=self.state)
        self._expect_spoken_for()
        if person_id in (self.objector_id, *proposers):
            raise ObjectorAndProposerDoNotRule

    def _expect_spoken_for(self) -> None:
        if not self.is_spoken_for:
            raise ObjectionIsOrphaned

    def _expect_tested_by_group(self, test: ObjectionTest) -> None:
        if test is not ObjectionTest.GROUP and self.appealed_at is None:
            raise ObjectionIsNotTestedSo(f"it is tested by: {test}", test=test)

    # -- integrating, and what becomes of it ------------------------------------------------------------------

    def integrate(self, version: int, how: Integration) -> None:
        """A new version answers it; whether it does, the objector says. Raises `DeferralNeedsOwnerAndDate`."""
        self._expect_spoken_for()
        how.expect_whole()
        self._enter(ObjectionState.INTEGRATING)
        self.integrated_in_version, self.appealable_until = version, None
        self.strategy, self.strategy_note = how.strategy, how.note
        self.strategy_owner_id, self.strategy_due_on = how.owner_id, how.due_on

    def confirm(self, at: datetime) -> list[Event]:
        """The objector finds it answered. Raises `ObjectionIsSettled`, `ObjectionIsNotIntegrated`."""
        if self.is_open and self.state is not ObjectionState.INTEGRATING:
            raise ObjectionIsNotIntegrated
        return self.end(ObjectionState.RESOLVED, at)

    def merge_into(self, other: Objection, at: datetime) -> list[Event]:
        """The objector finds their point in another objection, which goes on. Raises `NotAnObjectionToThis`."""
        if other.id == self.id or other.proposal_id != self.proposal_id or not other.is_open:
            raise NotAnObjectionToThis
        self.merged_into_id = other.id
        return self.end(ObjectionState.MERGED, at)

    def end(self, state: ObjectionState, at: datetime) -> list[Event]:
        """It no longer stands: resolved, withdrawn, merged, lapsed. Raises `ObjectionIsSettled`."""
        self._enter(state)
        self.appealable_until = None
        return [self._resolved(at)]

    # -- orphans ----------------------------------------------------------------------------------------------

    def orphan(self, at: datetime) -> None:
        """The objector left of their own will; it stands for 72 hours more. A ruling nobody can appeal now is made again."""
        self.orphaned_from = self.state
        self._enter(ObjectionState.ORPHANED)
        self.orphaned_until, self.appealable_until = at + ORPHANED_FOR, None

    def adopt(self, by: UUID, at: datetime) -> None:
        """Another elector makes it theirs; it goes on where it was. Raises `ObjectionIsNotOrphaned`."""
        until = self.orphaned_until
        if self.state is not ObjectionState.ORPHANED or until is None or at >= until:
            raise ObjectionIsNotOrphaned
        self._enter(self.orphaned_from or ObjectionState.RAISED)
        self.objector_id, self.orphaned_until = by, None
        self.revision += 1

    # -- rules and facts --------------------------------------------------------------------------------------

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


def expect_none_vanishes(standing: Sequence[Objection], answered: Sequence[Integration]) -> None:
    """Before a new text: raise `NotAnObjectionToThis`, `ObjectionsAreUntested`."""
    known, named = {one.id for one in standing}, {how.objection_id for how in answered}
    if named - known:
        raise NotAnObjectionToThis(objection_id=min(named - known))
    untested = [one.id for one in standing if one.state in UNTESTED and one.id not in named]
    if untested:
        raise ObjectionsAreUntested(objection_ids=untested)
