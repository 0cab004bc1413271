"""A selection by lot from the first request to the draw, without anybody else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.commitments import commitment, sha256_of
from beraad_membership.domain.requirements import Candidate, CompositionTask, Requirement
from beraad_membership.domain.selections import (
    LEASE,
    TRANSITIONS,
    UNDER_WAY,
    PoolChanged,
    Selection,
    SelectionState,
    SelectionStateForbids,
    TooEarlyToDraw,
    TooLateToCommit,
)
from membership.vocabulary import ANNA, BOARD, NOON

LATER = NOON + timedelta(days=7)
FOUR = tuple(Candidate(name, {"profile": "user"}) for name in "abcd")
PANELS = [[0, 1], [2, 3]] * 500


def a_selection(state: SelectionState = SelectionState.WAITING, **changes: Any) -> Selection:
    facts: dict[str, Any] = {
        "id": new_id(),
        "group_id": BOARD,
        "size": 2,
        "randomness": "lottery of 8 June",
        "draws_at": LATER,
        "requested_by": ANNA,
        "requested_at": NOON,
        "state": state,
    }
    return Selection(**{**facts, **changes})


def a_commitment(
    pool: Sequence[Candidate] = FOUR, panels: Sequence[Sequence[int]] = PANELS
) -> dict[str, Any]:
    task = CompositionTask(2, 2, (Requirement("profile", "user", 1, 2),), tuple(pool))
    return commitment(task, panels, group=str(BOARD), randomness="lottery of 8 June")


def committed() -> Selection:
    selection = a_selection()
    selection.claim(NOON)
    selection.freeze(a_commitment(), NOON)
    return selection


def frozen(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("group", "size", "requirements", "pool", "seated")}


def test_the_randomness_does_not_exist_yet_when_it_is_announced() -> None:
    with pytest.raises(InvalidRequest) as refused:
        a_selection(draws_at=NOON)
    assert refused.value.pointer == "/draws_at"


def test_what_is_committed_to_is_bound_by_its_hash() -> None:
    selection = a_selection()
    selection.claim(NOON)

    told = selection.freeze(a_commitment(), NOON)

    assert (told.candidates, told.size, told.draws_at) == (4, 2, LATER)
    assert told.commitment_sha256 == selection.commitment_sha256 == sha256_of(a_commitment())
    assert selection.chances() == dict.fromkeys("abcd", 500)
    assert selection.progress == 1000


def test_nobody_has_a_chance_before_it_is_committed_to() -> None:
    assert a_selection().chances() == {}


def test_nothing_is_committed_to_once_the_randomness_may_exist() -> None:
    selection = a_selection()
    selection.claim(NOON)
    with pytest.raises(TooLateToCommit):
        selection.freeze(a_commitment(), LATER)


def test_a_draw_seats_a_panel_and_leaves_a_reserve() -> None:
    selection = committed()

    told = selection.draw_by("3-11-24", frozen(a_commitment()), LATER)

    assert told.seed == "lottery of 8 June|3-11-24"
    assert (told.seated, told.reserve) == (2, 2)
    assert selection.draw is not None
    assert sorted(selection.draw["panel"] + selection.draw["reserve"]) == list("abcd")
    assert selection.draw["panel"] == [["a", "b"], ["c", "d"]][told.number % 2]
    with pytest.raises(SelectionStateForbids):
        selection.draw_by("3-11-24", frozen(a_commitment()), LATER)


def test_nothing_is_drawn_before_the_randomness_exists() -> None:
    with pytest.raises(TooEarlyToDraw):
        committed().draw_by("3-11-24", frozen(a_commitment()), LATER - timedelta(seconds=1))


@pytest.mark.parametrize("pool", [FOUR[:3], (*FOUR[:3], Candidate("d", {"profile": "client"}))])
def test_a_pool_that_changed_after_the_commitment_is_refused(pool: Sequence[Candidate]) -> None:
    selection = committed()
    with pytest.raises(PoolChanged):
        selection.draw_by("3-11-24", frozen(a_commitment(pool, [[0, 1]] * 1000)), LATER)
    assert selection.state is SelectionState.COMMITTED


def test_a_worker_tells_how_far_it_is_until_somebody_cancels() -> None:
    selection = a_selection()
    selection.claim(NOON)
    assert selection.advance(400, NOON + LEASE)
    assert (selection.progress, selection.lease_until) == (400, NOON + 2 * LEASE)
    selection.cancel()
    assert not selection.advance(500, NOON + LEASE)
    assert selection.progress == 400


def test_a_worker_that_stops_gives_back_nothing_that_is_settled() -> None:
    selection = a_selection(SelectionState.CANCELLED)
    before = vars(selection).copy()
    selection.give_back(NOON)
    assert vars(selection) == before


def test_why_it_cannot_be_prepared_is_told() -> None:
    selection = a_selection()
    selection.claim(NOON)
    selection.fail("SolverRanOut", "after 30 s")
    assert selection.failure == {"code": "SolverRanOut", "detail": "after 30 s"}


ACTS = {
    SelectionState.PREPARING: lambda one: one.claim(NOON),
    SelectionState.COMMITTED: lambda one: one.freeze(a_commitment(), NOON),
    SelectionState.DRAWN: lambda one: one.draw_by("1", {}, LATER),
    SelectionState.CANCELLED: lambda one: one.cancel(),
    SelectionState.FAILED: lambda one: one.fail("X", "x"),
}


@pytest.mark.parametrize("state", SelectionState)
@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_possible_only_where_the_table_says_so(state: SelectionState, act: SelectionState) -> None:
    selection = a_selection(state, commitment=a_commitment())
    if act in TRANSITIONS[state]:
        ACTS[act](selection)
        assert selection.state is act
    else:
        with pytest.raises(SelectionStateForbids):
            ACTS[act](selection)
        assert selection.state is state


def test_what_is_over_is_not_under_way() -> None:
    assert {state for state, after in TRANSITIONS.items() if after} == UNDER_WAY
