from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from beraad.contracts.deliberation import STAGES
from beraad.domain import Event
from beraad_deliberation.domain.authorization import POLICIES
from beraad_deliberation.domain.events import ProposalMoved
from beraad_deliberation.domain.profiles import PRESETS, DecisionProfile, Fallback
from beraad_deliberation.domain.proposals import (
    FallbackIsNotPermitted,
    GroupsBelongToConstituting,
    MoveNeedsReason,
    NobodyToReferTo,
    NoRoundsLeft,
    NothingChanged,
    NothingChangedSinceLastRound,
    PhaseIsNotUsed,
    ProfileDecidesByConsent,
    ProfileDecidesByVote,
    Proposal,
    ProposalIsIncomplete,
    StaleBase,
    TextTooLong,
)
from beraad_deliberation.domain.stages import ACTS, MOVES, TRANSITIONS, Stage, WrongStage, expect_possible
from beraad_deliberation.domain.verdict import Outcome, Verdict

ANNA, ROUND = UUID(int=0xA), UUID(int=0x1)
NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)
LATER = date(2018, 10, 2)
CONSENT, MAJORITY = PRESETS["consent"], PRESETS["majority"]
ENDS = {"withdrawn", "lapsed", "rejected", "superseded", "retired", "expired"}


def a_proposal(stage: Stage = Stage.DRAFT, **facts: Any) -> Proposal:
    usual: dict[str, Any] = {
        "id": UUID(int=1),
        "group_id": UUID(int=2),
        "kind": "recommendation",
        "title": "A room",
        "driver": "We have none",
        "text": "We rent one.",
        "proposer_ids": [ANNA],
        "responsible_id": ANNA,
        "created_at": NOON,
    }
    return Proposal(**{**usual, "stage": stage, **facts})


def test_the_stages_are_those_of_the_contract() -> None:
    assert {stage.value for stage in Stage} == set(STAGES)
    assert set(TRANSITIONS) == set(Stage)
    assert {stage.value for stage, after in TRANSITIONS.items() if not after} == ENDS


@pytest.mark.parametrize(("before", "after"), list(product(Stage, Stage)))
def test_a_stage_follows_another_only_where_the_table_says_so(before: Stage, after: Stage) -> None:
    proposal = a_proposal(before)
    if after in TRANSITIONS[before]:
        assert proposal.follow(after).revision == 2
        assert proposal.stage is after
    else:
        with pytest.raises(WrongStage):
            proposal.follow(after)
        assert (proposal.stage, proposal.revision) == (before, 1)


def step(proposal: Proposal, to: Stage, profile: DecisionProfile = CONSENT, **how: Any) -> Event:
    return proposal.move(to, profile, NOON, **{"finished": True, "reason": None, **how})


@pytest.mark.parametrize(("before", "after"), list(product(Stage, Stage)))
def test_a_facilitator_moves_only_between_the_phases_before_a_round(before: Stage, after: Stage) -> None:
    proposal = a_proposal(before)
    if after in MOVES.get(before, frozenset()):
        assert step(proposal, after).revision == 2
    else:
        with pytest.raises(WrongStage):
            step(proposal, after)


def test_every_move_by_hand_is_a_transition() -> None:
    assert all(after in TRANSITIONS[before] for before, moves in MOVES.items() for after in moves)


def test_every_act_that_depends_on_the_stage_has_a_policy() -> None:
    assert set(ACTS) <= set(POLICIES)


def test_a_wrong_stage_says_where_the_act_is_possible() -> None:
    with pytest.raises(WrongStage) as refused:
        expect_possible("round.open", Stage.DRAFT)
    assert refused.value.facts["possible_in"] == ["deadlocked", "integrating", "tuning"]


def test_opening_publishes_the_first_version_and_sets_a_review_date() -> None:
    proposal = a_proposal()
    version, opened = proposal.open(LATER, CONSENT, ANNA, NOON)
    assert (version.number, version.previous_hash) == (1, None)
    assert proposal.review_on == LATER
    assert opened.topic == "deliberation.proposal.opened.v1"


@pytest.mark.parametrize("missing", ["title", "driver", "text"])
def test_an_incomplete_draft_is_not_opened(missing: str) -> None:
    blank: dict[str, Any] = {missing: "  "}
    with pytest.raises(ProposalIsIncomplete, match=missing):
        a_proposal(**blank).open(LATER, CONSENT, ANNA, NOON)


@pytest.mark.parametrize(("kind", "groups"), [("constitute_group", []), ("rule", [{"name": "Ethics"}])])
def test_groups_are_named_exactly_by_what_constitutes_them(kind: str, groups: list[Any]) -> None:
    with pytest.raises(GroupsBelongToConstituting):
        a_proposal(kind=kind, groups=groups).open(LATER, CONSENT, ANNA, NOON)


def test_each_version_carries_the_hash_of_the_one_before() -> None:
    proposal = a_proposal()
    first, _ = proposal.open(LATER, CONSENT, ANNA, NOON)
    step(proposal, Stage.TUNING)
    second, _ = proposal.publish_version("We rent two.", "", ANNA, NOON)
    assert second.previous_hash == first.hash
    assert second.hash != first.hash
    with pytest.raises(NothingChanged):
        proposal.publish_version("We rent two.", "", ANNA, NOON)
    with pytest.raises(TextTooLong):
        proposal.publish_version("x" * 20_001, "", ANNA, NOON)


def test_a_change_against_an_old_version_names_the_current_one() -> None:
    with pytest.raises(StaleBase) as refused:
        a_proposal(version=3).expect_base(2)
    assert refused.value.facts == {"version": 3}


def test_the_first_round_freezes_the_profile() -> None:
    proposal = a_proposal(Stage.TUNING)
    frozen, _ = proposal.start_round(ROUND, CONSENT)
    proposal.conclude(Verdict(Outcome.INTEGRATING, ("ObjectionStands",)))
    proposal.publish_version("We rent two.", "", ANNA, NOON)
    again, _ = proposal.start_round(ROUND, MAJORITY)
    assert again is frozen


def test_the_same_version_is_not_put_to_a_round_twice() -> None:
    proposal = a_proposal(Stage.INTEGRATING, last_round_version=1)
    with pytest.raises(NothingChangedSinceLastRound):
        proposal.start_round(ROUND, CONSENT)


def test_a_deadlocked_proposal_has_one_more_round_and_no_more() -> None:
    proposal = a_proposal(Stage.DEADLOCKED, rounds_held=3, last_round_version=1)
    proposal.start_round(ROUND, CONSENT)
    proposal.conclude(Verdict(Outcome.DEADLOCKED, ("ObjectionStands",)))
    with pytest.raises(NoRoundsLeft):
        proposal.start_round(ROUND, CONSENT)


def test_consent_and_majority_groups_decide_in_their_own_way() -> None:
    with pytest.raises(ProfileDecidesByVote):
        a_proposal(Stage.TUNING).start_round(ROUND, MAJORITY)
    with pytest.raises(ProfileDecidesByConsent):
        a_proposal(Stage.TUNING).start_vote(ROUND, CONSENT)
    a_proposal(Stage.DEADLOCKED).start_vote(ROUND, CONSENT)  # the fallback


def test_a_phase_the_profile_leaves_out_is_passed_over() -> None:
    proposal = a_proposal()
    proposal.open(LATER, replace(CONSENT, phases=("reacting",)), ANNA, NOON)
    assert proposal.stage is Stage.REACTING
    with pytest.raises(PhaseIsNotUsed):
        step(proposal, Stage.CLARIFYING, replace(CONSENT, phases=("reacting",)))
    lazy = a_proposal()
    lazy.open(LATER, PRESETS["lazy_consensus"], ANNA, NOON)
    assert lazy.stage is Stage.TUNING


def test_going_on_while_somebody_has_something_to_say_needs_a_reason() -> None:
    proposal = a_proposal(Stage.REACTING)
    with pytest.raises(MoveNeedsReason):
        step(proposal, Stage.TUNING, finished=False)
    moved = step(proposal, Stage.TUNING, finished=False, reason="the room closes at ten")
    assert moved.topic == "deliberation.proposal.moved.v1"


def test_a_time_box_begins_with_its_phase_and_ends_with_it() -> None:
    boxed = replace(CONSENT, time_boxes={"clarifying": 48, "reacting": 24})
    proposal = a_proposal()
    proposal.open(LATER, boxed, ANNA, NOON)
    assert proposal.phase_ends_at == NOON + timedelta(hours=48)
    proposal.end_phase(boxed, NOON)
    assert proposal.phase_ends_at == NOON + timedelta(hours=24)
    moved = proposal.end_phase(boxed, NOON)
    assert isinstance(moved, ProposalMoved)
    assert moved.stage == Stage.TUNING
    assert vars(proposal)["phase_ends_at"] is None


def test_a_way_out_of_a_deadlock_is_one_the_profile_permits() -> None:
    strict = replace(CONSENT, fallbacks=(Fallback.EXTRA_ROUND,), approving_body_id=ANNA)
    stuck = a_proposal(Stage.DEADLOCKED, profile=strict)
    for way_out in (
        lambda: stuck.start_vote(ROUND, strict),
        stuck.refer,
        lambda: stuck.withdraw(NOON),
    ):
        with pytest.raises(FallbackIsNotPermitted):
            way_out()
    assert stuck.start_round(ROUND, strict)


def test_what_only_an_extra_round_could_free_may_be_withdrawn_once_it_was_held() -> None:
    strict = replace(CONSENT, fallbacks=(Fallback.EXTRA_ROUND,), max_rounds=2)
    stuck = a_proposal(Stage.DEADLOCKED, profile=strict, rounds_held=2)
    with pytest.raises(FallbackIsNotPermitted):
        stuck.withdraw(NOON)
    stuck.rounds_held = 3
    with pytest.raises(NoRoundsLeft):
        stuck.start_round(ROUND, strict)
    stuck.withdraw(NOON)
    assert stuck.withdraws_at == NOON + timedelta(hours=24)


@pytest.mark.parametrize(
    ("fallbacks", "goes_on"),
    [((Fallback.VOTE,), False), ((Fallback.EXTRA_ROUND,), False), ((Fallback.VOTE, Fallback.WITHDRAW), True)],
)
def test_what_is_being_withdrawn_goes_on_so_into_a_deadlock_only_where_that_is_a_way_out(
    fallbacks: tuple[Fallback, ...], goes_on: bool
) -> None:
    profile = replace(CONSENT, fallbacks=fallbacks, max_rounds=1)
    proposal = a_proposal(Stage.CONSENT_ROUND, profile=profile, rounds_held=1)
    proposal.withdraw(NOON)
    proposal.conclude(Verdict(Outcome.DEADLOCKED, ("ObjectionStands", "MaximumRoundsReached")))
    assert (proposal.withdraws_at is not None) is goes_on


def test_a_deadlock_is_referred_to_the_approving_body_if_there_is_one() -> None:
    with pytest.raises(NobodyToReferTo):
        a_proposal(Stage.DEADLOCKED, profile=CONSENT).refer()
    stuck = a_proposal(Stage.DEADLOCKED, profile=CONSENT.for_approval_by(ANNA))
    assert stuck.refer() == Verdict(Outcome.AWAITING_APPROVAL, ("Referred", "ApprovingBodyDecides"))
