"""How a round, a vote and an objection are judged: written from the design's words alone, without the product's code.

Source: design, "Closing a round", "Objections". Exact fractions of the standard library; no floats.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

CONSENTS = ("consent", "consent_with_concern")
ANSWERS = (*CONSENTS, "object", "stand_aside", "abstain")
WAYS_OUT = ("vote", "refer", "extra_round", "withdraw")


@dataclass(frozen=True)
class Rules:
    """A decision profile as the design describes it."""

    by_vote: bool = False
    quorum: tuple[int, int] = (1, 2)
    second_call: tuple[int, int] | None = None
    minimum: int = 1
    silence: bool = False
    max_rounds: int = 3
    answers: tuple[str, ...] = ANSWERS
    test: str = "group"
    ways_out: tuple[str, ...] = WAYS_OUT
    phases: tuple[str, ...] = ("clarifying", "reacting")
    boxes: dict[str, int] = field(default_factory=dict, hash=False)
    majority: tuple[int, int, str, bool] = (2, 3, "cast", False)


@dataclass(frozen=True)
class Said:
    """One elector who has not left: what they answered, and whether the mail about the round reached them."""

    answer: str | None
    proposer: bool
    told: bool


@dataclass(frozen=True)
class Count:
    eligible: int
    present: int
    consents: int
    tacit: int


def counted(electors: Iterable[Said], *, silence: bool) -> Count:
    """`silence`: it was declared to be consent, and nobody ever objected in the round."""
    people = list(electors)
    silent = [one for one in people if silence and one.told and one.answer is None]
    return Count(
        eligible=len(people),
        present=len([one for one in people if one.answer is not None]) + len(silent),
        consents=len([one for one in people if one.answer in CONSENTS and not one.proposer]),
        tacit=len([one for one in silent if not one.proposer]),
    )


def verdict(
    count: Count,
    rules: Rules,
    *,
    objections: int,
    number: int,
    calls: int,
    silence: bool,
    again: bool,
    recommends: bool,
) -> tuple[str, list[str]]:
    """`calls`: how often it was called, this time included; `again`: it closed before, and is judged once more."""
    if count.eligible < 2:
        return "lapsed", ["ElectorateTooSmall"]
    if objections:
        if number < rules.max_rounds:
            return "integrating", ["ObjectionStands"]
        return "deadlocked", ["ObjectionStands", "MaximumRoundsReached"]
    share = rules.second_call if calls > 2 and rules.second_call is not None else rules.quorum
    if count.present < 2 or Fraction(count.present, count.eligible) < Fraction(*share):
        if again or calls > 2 or (calls == 2 and rules.second_call is None):
            return "lapsed", ["QuorumNotReached"]
        return "extended", ["QuorumNotReached", *(["SecondCall"] if calls == 2 else [])]
    if count.consents and count.consents >= rules.minimum:
        given = "ConsentGiven"
    elif silence and count.tacit and count.consents >= rules.minimum:
        given = "SilenceIsConsent"
    else:
        return "lapsed", ["TooFewConsents"]
    return ("awaiting_approval", [given, "ApprovingBodyDecides"]) if recommends else ("adopted", [given])


def voted(
    eligible: int, ballots: list[str], quorum: tuple[int, int], rules: Rules, *, recommends: bool
) -> tuple[str, list[str]]:
    """A majority vote, by the ballots of those who have not left."""
    yes, no = ballots.count("for"), ballots.count("against")
    if not ballots or Fraction(len(ballots), eligible) < Fraction(*quorum):
        return "rejected", ["QuorumNotReached"]
    n, d, base, strict = rules.majority
    whole = {"cast": yes + no, "present": len(ballots), "eligible": eligible}[base]
    share = Fraction(yes, whole) if whole else Fraction(0)
    enough = share > Fraction(n, d) if strict else share >= Fraction(n, d)
    if not enough or yes <= no:
        return "rejected", ["MajorityNotReached"]
    if recommends:
        return "awaiting_approval", ["MajorityReached", "ApprovingBodyDecides"]
    return "adopted", ["MajorityReached"]


def still_objects(answers: Iterable[tuple[int, str]], raised_in: int) -> bool:
    """Whether somebody's last answer (the round's number, and what they said) is that objection."""
    return max(answers, default=None) == (raised_in, "object")


def stands(opinions: Iterable[bool]) -> bool:
    """The group's test. An objection is valid unless 2/3 of those who answered, and at least 2, say it does not qualify."""
    heard = list(opinions)
    against = heard.count(False)
    return against < 2 or Fraction(against, len(heard)) < Fraction(2, 3)
