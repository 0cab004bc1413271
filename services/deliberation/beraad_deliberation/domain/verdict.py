"""The verdict on a consent round: one pure function in exact integers, with reason codes.

Source: design, "Closing a round". The service, `beraad evaluate`, the offline verifier and the oracle in the tests agree on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from beraad_deliberation.domain.objection_states import OPEN, ObjectionState
from beraad_deliberation.domain.profiles import CALLS, DecisionProfile
from beraad_deliberation.domain.responding import EXPLICIT_CONSENTS, Answer

SMALLEST = 2
"""Nobody consents alone: fewer eligible electors, or fewer present, decide nothing."""


class Outcome(StrEnum):
    """What a verdict leads to."""

    ADOPTED = "adopted"
    AWAITING_APPROVAL = "awaiting_approval"
    INTEGRATING = "integrating"
    DEADLOCKED = "deadlocked"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    EXTENDED = "extended"
    AMENDED = "amended"


@dataclass(frozen=True)
class Verdict:
    """The outcome and the codes that explain it, in the order they were found."""

    outcome: Outcome
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Elector:
    """One of the frozen electorate at the close.

    `left`: out of the denominator, because they departed or recused themselves. `notified`: the mail that told them of the
    round was accepted for delivery.
    """

    id: Any
    answer: Answer | None = None
    proposer: bool = False
    left: bool = False
    notified: bool = False


@dataclass(frozen=True, kw_only=True)
class Objected:
    """An objection to the proposal: whose, in which round it was raised, and what has become of it.

    `raised_by`: who raised it, where somebody else adopted it since.
    """

    elector: Any
    round_number: int
    state: ObjectionState
    raised_by: Any = None


def after_answer(state: ObjectionState, answer: Answer | None, *, asked: bool) -> ObjectionState:
    """What becomes of an objection of an earlier round when the next one closes: its objector is heard again.

    `answer`: what they said who have not left; what somebody answered who has left since is history. An objection that a version
    answered ends, too, where its objector was not asked. An orphaned one waits for whoever adopts it.
    """
    if state is ObjectionState.ORPHANED:
        return state
    if answer is not None:
        return ObjectionState.MERGED if answer is Answer.OBJECT else ObjectionState.RESOLVED
    return ObjectionState.RESOLVED if state is ObjectionState.INTEGRATING and not asked else state


def as_closing_leaves(
    electors: Iterable[Elector], objections: Iterable[Objected], round_number: int
) -> list[Objected]:
    """The objections as they will be judged when a running round closes: those of earlier rounds are heard by then."""
    heard = {elector.id: None if elector.left else elector.answer for elector in electors}
    return [
        replace(one, state=after_answer(one.state, heard.get(one.elector), asked=one.elector in heard))
        if one.round_number != round_number and one.state in OPEN
        else one
        for one in objections
    ]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a round is judged by.

    `eligible`: the electorate after recusals and leavers. `present`: of these, those with an answer of any kind, and where
    silence is consent those who were told. `consents`: explicit consents, with or without a concern, of electors who are not
    proposers. `tacit`: those told who said nothing, where silence is consent. `calls`: how often the round was called.
    `reconsidered`: it closed before and is not called again.
    """

    eligible: int
    present: int
    consents: int
    open_objections: int
    round_number: int
    calls: int = 1
    silence: bool = False
    tacit: int = 0
    reconsidered: bool = False

    def needed(self, profile: DecisionProfile) -> int:
        """How many must be present."""
        return max(SMALLEST, profile.quorum_of_call(self.calls).of(self.eligible))


def tallied(
    electors: Iterable[Elector],
    objections: Iterable[Objected],
    *,
    round_number: int,
    calls: int = 1,
    silence: bool = False,
    reconsidered: bool = False,
) -> Tally:
    """Count. An answer that objects without an objection on record is one that stands, so none is lost.

    `silence`: it was declared to be consent; any objection in the round ended that for good.
    """
    electors, objections = list(electors), list(objections)
    staying = [elector for elector in electors if not elector.left]
    here = [one for one in objections if one.round_number == round_number]
    known = {one.elector for one in here} | {one.raised_by for one in here}
    unknown = [one for one in staying if one.answer is Answer.OBJECT and one.id not in known]
    silence = silence and not known and not unknown
    silent = [one for one in staying if silence and one.answer is None and one.notified]
    return Tally(
        eligible=len(staying),
        present=sum(one.answer is not None for one in staying) + len(silent),
        consents=sum(one.answer in EXPLICIT_CONSENTS and not one.proposer for one in staying),
        open_objections=sum(one.state in OPEN for one in objections) + len(unknown),
        round_number=round_number,
        calls=calls,
        silence=silence,
        tacit=sum(not one.proposer for one in silent),
        reconsidered=reconsidered,
    )


def evaluate(tally: Tally, profile: DecisionProfile) -> Verdict:
    """Judge a round. The order of the questions is the rule."""
    if tally.eligible < SMALLEST:
        return Verdict(Outcome.LAPSED, ("ElectorateTooSmall",))
    if tally.open_objections:
        if tally.round_number >= profile.max_rounds:
            return Verdict(Outcome.DEADLOCKED, ("ObjectionStands", "MaximumRoundsReached"))
        return Verdict(Outcome.INTEGRATING, ("ObjectionStands",))
    if tally.present < tally.needed(profile):
        return _without_quorum(tally, profile)
    given = _consent_given(tally, profile)
    if given is None:
        return Verdict(Outcome.LAPSED, ("TooFewConsents",))
    if profile.recommends:
        return Verdict(Outcome.AWAITING_APPROVAL, (given, "ApprovingBodyDecides"))
    return Verdict(Outcome.ADOPTED, (given,))


def _without_quorum(tally: Tally, profile: DecisionProfile) -> Verdict:
    """Extended once; then, by the profile, called a second time with a quorum of its own, or lapsed."""
    if tally.reconsidered:
        return Verdict(Outcome.LAPSED, ("QuorumNotReached",))
    if tally.calls < CALLS:
        return Verdict(Outcome.EXTENDED, ("QuorumNotReached",))
    if tally.calls == CALLS and profile.second_call_quorum is not None:
        return Verdict(Outcome.EXTENDED, ("QuorumNotReached", "SecondCall"))
    return Verdict(Outcome.LAPSED, ("QuorumNotReached",))


def _consent_given(tally: Tally, profile: DecisionProfile) -> str | None:
    """The reason to adopt. At least one explicit consent, or where silence is consent one of either kind."""
    if tally.consents >= max(1, profile.minimum_consents):
        return "ConsentGiven"
    if tally.silence and tally.consents >= profile.minimum_consents and tally.tacit:
        return "SilenceIsConsent"
    return None
