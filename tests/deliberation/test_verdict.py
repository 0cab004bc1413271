"""The verdict against an oracle written from the design's words alone ("Closing a round")."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile, Majority, Ratio
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.verdict import Elector, Objected, Outcome, Tally, evaluate, tallied

CONSENT = PRESETS["consent"]


def the_oracle(tally: Tally, profile: DecisionProfile) -> str:
    calls = 9 if tally.reconsidered else tally.calls
    second = profile.second_call_quorum
    ratio = second if second is not None and tally.calls > 2 else profile.quorum
    quorate = tally.present >= 2 and Fraction(tally.present) >= Fraction(ratio.n, ratio.d) * tally.eligible
    may_be_called_again = calls < 2 or (calls == 2 and second is not None)
    spoken = tally.consents >= max(profile.minimum_consents, 1)
    unspoken = tally.silence and tally.tacit > 0 and tally.consents >= profile.minimum_consents
    if tally.eligible < 2:
        return "lapsed"
    if tally.open_objections > 0:
        return "deadlocked" if tally.round_number >= profile.max_rounds else "integrating"
    if not quorate:
        return "extended" if may_be_called_again else "lapsed"
    if not (spoken or unspoken):
        return "lapsed"
    return "awaiting_approval" if profile.approving_body_id else "adopted"


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    eligible = draw(st.integers(0, 60))
    present = draw(st.integers(0, eligible))
    consents = draw(st.integers(0, present))
    silence = draw(st.booleans())
    return Tally(
        eligible=eligible,
        present=present,
        consents=consents,
        open_objections=draw(st.integers(0, 2)),
        round_number=draw(st.integers(1, 5)),
        calls=draw(st.integers(1, 3)),
        silence=silence,
        tacit=draw(st.integers(0, present - consents)) if silence else 0,
        reconsidered=draw(st.booleans()),
    )


@st.composite
def profiles(draw: st.DrawFn) -> DecisionProfile:
    d = draw(st.integers(1, 100))
    quorum = Ratio(draw(st.integers(0, d)), d)
    return DecisionProfile(
        name="drawn",
        by_vote=False,
        quorum=quorum,
        majority=Majority(Ratio(2, 3)),
        second_call_quorum=draw(st.none() | st.integers(0, quorum.n).map(lambda n: Ratio(n, d))),
        minimum_consents=draw(st.integers(0, 5)),
        max_rounds=draw(st.integers(1, 4)),
        approving_body_id=draw(st.none() | st.uuids()),
    )


def a_tally(**facts: int | bool) -> Tally:
    usual = {"eligible": 12, "present": 12, "consents": 11, "open_objections": 0, "round_number": 1}
    return Tally(**{**usual, **facts})  # type: ignore[arg-type]


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
        ({"present": 5, "consents": 5, "calls": 2}, "lapsed", ("QuorumNotReached",)),
        ({"present": 5, "consents": 5, "reconsidered": True}, "lapsed", ("QuorumNotReached",)),
        ({"eligible": 2, "present": 1, "consents": 1}, "extended", ("QuorumNotReached",)),
        ({"consents": 0}, "lapsed", ("TooFewConsents",)),
    ],
)
def test_a_verdict_tells_its_reasons(
    facts: dict[str, int | bool], outcome: str, reasons: tuple[str, ...]
) -> None:
    verdict = evaluate(a_tally(**facts), CONSENT)

    assert (verdict.outcome, verdict.reasons) == (outcome, reasons)


LAZY = PRESETS["lazy_consensus"]


@pytest.mark.parametrize(
    ("facts", "outcome", "reasons"),
    [
        ({"consents": 1, "tacit": 11}, "adopted", ("ConsentGiven",)),
        ({"consents": 0, "tacit": 11}, "adopted", ("SilenceIsConsent",)),
        ({"consents": 0, "tacit": 0}, "lapsed", ("TooFewConsents",)),  # everybody abstains explicitly
        ({"consents": 0, "tacit": 0, "silence": False}, "lapsed", ("TooFewConsents",)),
        ({"consents": 0, "tacit": 11, "open_objections": 1}, "integrating", ("ObjectionStands",)),
        ({"present": 5, "consents": 0, "tacit": 5}, "extended", ("QuorumNotReached",)),
    ],
)
def test_silence_is_consent_only_where_it_was_declared(
    facts: dict[str, int | bool], outcome: str, reasons: tuple[str, ...]
) -> None:
    verdict = evaluate(a_tally(**{"silence": True, **facts}), LAZY)

    assert (verdict.outcome, verdict.reasons) == (outcome, reasons)


def test_a_second_call_has_a_quorum_of_its_own() -> None:
    profile = replace(CONSENT, second_call_quorum=Ratio(1, 10))

    outcomes = [evaluate(a_tally(present=3, consents=3, calls=calls), profile) for calls in (1, 2, 3)]

    assert [verdict.outcome for verdict in outcomes] == ["extended", "extended", "adopted"]
    assert outcomes[1].reasons == ("QuorumNotReached", "SecondCall")


ANNA, BRAM, CLOE, DIRK = "anna", "bram", "cloe", "dirk"


def test_a_tally_counts_who_is_left_and_never_a_proposers_own_consent() -> None:
    electors = [
        Elector(id=ANNA, answer=Answer.CONSENT, proposer=True),
        Elector(id=BRAM, answer=Answer.CONSENT_WITH_CONCERN),
        Elector(id=CLOE, answer=Answer.CONSENT, left=True),
        Elector(id=DIRK, answer=Answer.STAND_ASIDE),
        Elector(id="elke", notified=True),
    ]

    tally = tallied(electors, [], round_number=2)

    assert (tally.eligible, tally.present, tally.consents, tally.tacit) == (4, 3, 1, 0)


def test_an_answer_that_objects_without_an_objection_on_record_stands() -> None:
    electors = [Elector(id=ANNA, answer=Answer.CONSENT), Elector(id=BRAM, answer=Answer.OBJECT)]

    assert tallied(electors, [], round_number=1).open_objections == 1
    overruled = [Objected(elector=BRAM, round_number=1, state=ObjectionState.NOT_QUALIFIED)]
    assert tallied(electors, overruled, round_number=1).open_objections == 0


@pytest.mark.parametrize("objected", [True, False])
def test_any_objection_in_the_round_ends_the_silence_for_good(objected: bool) -> None:
    electors = [Elector(id=ANNA, answer=Answer.ABSTAIN), Elector(id=BRAM, notified=True)]
    withdrawn = Objected(elector=ANNA, round_number=1, state=ObjectionState.WITHDRAWN)

    tally = tallied(electors, [withdrawn] if objected else [], round_number=1, silence=True)

    assert (tally.silence, tally.tacit, tally.present) == ((False, 0, 1) if objected else (True, 1, 2))


def test_an_objection_of_an_earlier_round_leaves_the_silence_alone() -> None:
    electors = [Elector(id=ANNA, answer=Answer.ABSTAIN), Elector(id=BRAM, notified=True)]
    earlier = [Objected(elector=ANNA, round_number=1, state=ObjectionState.RESOLVED)]

    assert tallied(electors, earlier, round_number=2, silence=True).silence


def test_whoever_was_not_told_is_absent_where_silence_is_consent() -> None:
    electors = [
        Elector(id=ANNA, notified=True),
        Elector(id=BRAM),
        Elector(id=CLOE, proposer=True, notified=True),
    ]

    tally = tallied(electors, [], round_number=1, silence=True)

    assert (tally.present, tally.tacit) == (2, 1)


@given(profiles())
def test_a_profile_is_stored_as_it_is(profile: DecisionProfile) -> None:
    assert DecisionProfile.from_document(profile.to_document()) == profile
    assert DecisionProfile.from_document(json.loads(json.dumps(profile.to_document()))) == profile
