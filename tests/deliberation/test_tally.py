from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile, Majority, Ratio
from beraad_deliberation.domain.tally import Count, judge

MAJORITY, TWO_THIRDS = PRESETS["majority"], PRESETS["two_thirds"]


def counted(in_favor: int, against: int, abstained: int = 0, eligible: int = 0) -> Count:
    return Count(eligible or in_favor + against + abstained, in_favor, against, abstained)


@pytest.mark.parametrize(
    ("count", "profile", "passes"),
    [
        (counted(2, 1), MAJORITY, True),
        (counted(1, 1), MAJORITY, False),
        (counted(0, 0), MAJORITY, False),
        (counted(0, 0, 5), MAJORITY, False),
        (counted(1, 0, 99), MAJORITY, True),  # abstentions are present, not cast
        (counted(2, 1), TWO_THIRDS, True),  # reaching two thirds is enough
        (counted(199, 100), TWO_THIRDS, False),
        (counted(200, 100), TWO_THIRDS, True),
        (counted(74, 0, eligible=300), MAJORITY, False),  # a quarter of 300 is 75
        (counted(75, 0, eligible=300), MAJORITY, True),
    ],
)
def test_a_majority_is_an_exact_share_of_what_was_cast(
    count: Count, profile: DecisionProfile, passes: bool
) -> None:
    assert (judge(count, profile).outcome == "adopted") is passes


def test_a_majority_of_a_group_that_recommends_goes_to_its_approving_body() -> None:
    assert judge(counted(2, 1), MAJORITY.for_approval_by(UUID(int=1))).outcome == "awaiting_approval"


@given(
    st.tuples(*[st.integers(0, 400)] * 3),
    st.integers(0, 400),
    st.sampled_from(["cast", "present", "eligible"]),
    st.booleans(),
    st.integers(1, 9).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
    st.integers(1, 9).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
)
def test_the_count_is_the_oracles(
    ballots: tuple[int, int, int],
    absent: int,
    base: str,
    strict: bool,
    share: tuple[int, int],
    quorum: tuple[int, int],
) -> None:
    in_favor, against, _ = ballots
    eligible = sum(ballots) + absent
    profile = DecisionProfile("drawn", True, Ratio(*quorum), Majority(Ratio(*share), base, strict))
    whole = {"cast": in_favor + against, "present": sum(ballots), "eligible": eligible}[base]
    needed = Fraction(*share) * whole
    quorate = sum(ballots) > 0 and sum(ballots) >= Fraction(*quorum) * eligible
    wins = in_favor > needed if strict else in_favor >= needed

    verdict = judge(Count(eligible, *ballots), profile)

    assert (verdict.outcome == "adopted") == (quorate and wins and in_favor > against)
