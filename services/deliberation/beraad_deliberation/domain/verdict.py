"""The verdict on a consent round: one pure function in exact integers, with reason codes.

Source: design, "Closing a round". The service, the offline verifier and the oracle in the tests agree on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beraad_deliberation.domain.profiles import DecisionProfile

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


@dataclass(frozen=True)
class Verdict:
    """The outcome and the codes that explain it, in the order they were found."""

    outcome: Outcome
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """What a round is judged by.

    `eligible`: the electorate after recusals and leavers. `present`: of these, those with an answer of any
    kind. `consents`: explicit consents, with or without a concern, of electors who are not proposers.
    """

    eligible: int
    present: int
    consents: int
    open_objections: int
    round_number: int
    already_extended: bool


def evaluate(tally: Tally, profile: DecisionProfile) -> Verdict:
    """Judge a round. The order of the questions is the rule."""
    if tally.eligible < SMALLEST:
        return Verdict(Outcome.LAPSED, ("ElectorateTooSmall",))
    if tally.open_objections:
        if tally.round_number >= profile.max_rounds:
            return Verdict(Outcome.DEADLOCKED, ("ObjectionStands", "MaximumRoundsReached"))
        return Verdict(Outcome.INTEGRATING, ("ObjectionStands",))
    if not profile.quorum.is_reached(tally.present, tally.eligible) or tally.present < SMALLEST:
        if not tally.already_extended:
            return Verdict(Outcome.EXTENDED, ("QuorumNotReached",))
        return Verdict(Outcome.LAPSED, ("QuorumNotReached",))
    if tally.consents >= max(1, profile.minimum_consents):
        if profile.recommends:
            return Verdict(Outcome.AWAITING_APPROVAL, ("ConsentGiven", "ApprovingBodyDecides"))
        return Verdict(Outcome.ADOPTED, ("ConsentGiven",))
    return Verdict(Outcome.LAPSED, ("TooFewConsents",))
