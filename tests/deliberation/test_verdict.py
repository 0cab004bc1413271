"""The verdict against an oracle written from the design's words alone ("Closing a round")."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile, Majority, Ratio
from beraad_deliberation.domain.verdict import Outcome, Tally, evaluate

CONSENT = PRESETS["consent"]


def the_oracle(tally: Tally, profile: DecisionProfile) -> str:
    enough_electors = tally.eligible >= 2
    quorum = Fraction(profile.quorum.n, profile.quorum.d)
    quorate = tally.present >= 2 and Fraction(tally.present) >= quorum * tally.eligible
    objected = tally.open_objections > 0
    last_round = tally.round_number >= profile.max_rounds
    agreed = tally.consents >= profile.minimum_consents and tally.consents >= 1
    match (enough_electors, objected, last_round, quorate, tally.already_extended, agreed):
        case (False, _, _, _, _, _):
            return "lapsed"
        case (_, True, True, _, _, _):
            return "deadlocked"
        case (_, True, False, _, _, _):
            return "integrating"
        case (_, _, _, False, False, _):
            return "extended"
        case (_, _, _, False, True, _):
            return "lapsed"
        case (_, _, _, _, _, False):
            return "lapsed"
    return "awaiting_approval" if profile.recommends else "adopted"


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    eligible = draw(st.integers(0, 60))
    present = draw(st.integers(0, eligible))
    return Tally(
        eligible=eligible,
        present=present,
        consents=draw(st.integers(0, present)),
        open_objections=draw(st.integers(0, 2)),
        round_number=draw(st.integers(1, 5)),
        already_extended=draw(st.booleans()),
    )


@st.composite
def profiles(draw: st.DrawFn) -> DecisionProfile:
    d = draw(st.integers(1, 100))
    return DecisionProfile(
        name="drawn",
        by_vote=False,
        quorum=Ratio(draw(st.integers(0, d)), d),
        majority=Majority(Ratio(2, 3)),
        minimum_consents=draw(st.integers(0, 5)),
        max_rounds=draw(st.integers(1, 4)),
        approving_body_id=draw(st.none() | st.uuids()),
    )


def a_tally(**facts: int | bool) -> Tally:
    usual = {"eligible": 12, "present": 12, "consents": 11, "open_objections": 0, "round_number": 1}
    return Tally(**{**usual, "already_extended": False, **facts})  # type: ignore[arg-type]


@given(tallies(), profiles())
@example(
    a_tally(eligible=25, present=7), DecisionProfile("28 %", False, Ratio(28, 100), Majority(Ratio(1, 2)))
)
@example(
    a_tally(eligible=50, present=29), DecisionProfile("58 %", False, Ratio(58, 100), Majority(Ratio(1, 2)))
)
def test_the_verdict_is_the_oracles(tally: Tally, profile: DecisionProfile) -> None:
    verdict = evaluate(tally, profile)

    assert verdict.outcome == the_oracle(tally, profile)
    assert verdict.reasons


@given(tallies(), profiles())
def test_nothing_is_adopted_while_an_objection_stands(tally: Tally, profile: DecisionProfile) -> None:
    outcome = evaluate(tally, profile).outcome

    assert not (tally.open_objections and outcome in {Outcome.ADOPTED, Outcome.AWAITING_APPROVAL})


@pytest.mark.parametrize(
    ("facts", "outcome", "reasons"),
    [
        ({}, "adopted", ("ConsentGiven",)),
        ({"eligible": 1, "present": 1}, "lapsed", ("ElectorateTooSmall",)),
        ({"open_objections": 1}, "integrating", ("ObjectionStands",)),
        (
            {"open_objections": 1, "round_number": 3},
            "deadlocked",
            ("ObjectionStands", "MaximumRoundsReached"),
        ),
        (
            {"open_objections": 1, "round_number": 4},
            "deadlocked",
            ("ObjectionStands", "MaximumRoundsReached"),
        ),
        ({"present": 6, "consents": 1}, "adopted", ("ConsentGiven",)),
        ({"present": 5, "consents": 5}, "extended", ("QuorumNotReached",)),
        ({"present": 5, "consents": 5, "already_extended": True}, "lapsed", ("QuorumNotReached",)),
        ({"eligible": 2, "present": 1, "consents": 1}, "extended", ("QuorumNotReached",)),
        ({"consents": 0}, "lapsed", ("TooFewConsents",)),
    ],
)
def test_a_verdict_tells_its_reasons(
    facts: dict[str, int | bool], outcome: str, reasons: tuple[str, ...]
) -> None:
    verdict = evaluate(a_tally(**facts), CONSENT)

    assert (verdict.outcome, verdict.reasons) == (outcome, reasons)
