"""Fair chances and a thousand panels: the paper's instance, and five hundred small ones against leximin by the book."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from beraad.domain import InvalidRequest
from beraad_membership.domain.requirements import Candidate, CompositionTask, Requirement
from beraad_membership.domain.sortition import (
    CompositionIsInfeasible,
    Lottery,
    Progress,
    SelectionWasCanceled,
    hold,
)
from membership.exact import leximin, maximum
from membership.pools import (
    SOLVER,
    EveryPanel,
    a_big_task,
    a_skewed_task,
    a_small_task,
    kept,
    people,
    reference,
    shuffled,
    worked_example,
)
from membership.processes import told_by_processes

INSTANCES = 500


def people_of(task: CompositionTask, lottery: Lottery, number: int) -> list[Candidate]:
    return [task.pool[place] for place in lottery.panels[number]]


def assert_sound(task: CompositionTask, lottery: Lottery) -> None:
    """Whatever the chances are: a thousand panels that satisfy everything, counted rightly, and alike people treated alike."""
    assert len(lottery.panels) == 1000
    for number, panel in enumerate(lottery.panels):
        assert list(panel) == sorted(set(panel))
        everybody = [*task.seated, *people_of(task, lottery, number)]
        assert len(everybody) == task.size_max
        assert all(kept(bound, everybody) for bound in task.bounds)
    counted = [sum(place in panel for panel in lottery.panels) for place in range(len(task.pool))]
    assert list(lottery.probabilities) == counted
    per_mille = {one.id: count for one, count in zip(task.pool, counted, strict=True)}
    for alike, chance in zip(task.alike, lottery.chances, strict=True):
        mine = [per_mille[id_] for id_ in alike.ids]
        assert max(mine) - min(mine) <= 1
        assert abs(sum(mine) / 1000 - chance * len(mine)) < 0.005


@pytest.mark.parametrize("times", [1, 10])
def test_in_the_reference_instance_everybody_is_in_one_panel_of_ten(times: int) -> None:
    task = reference(times)

    lottery = hold(task, SOLVER)

    assert set(lottery.probabilities) == {100}
    assert lottery.chances == pytest.approx([0.1] * 3)


def test_its_panels_satisfy_the_requirements() -> None:
    task = reference()
    assert_sound(task, hold(task, SOLVER))


def test_the_reference_instance_ten_times_as_large_is_as_fair() -> None:
    """The paper needed 1161.8 s for it; `benchmarks/selection` measures ours."""
    assert set(hold(reference(10), SOLVER).probabilities) == {100}


@pytest.mark.parametrize(("size", "seed"), [((100, 12), 1), ((300, 20), 2)])
def test_a_pool_that_is_not_like_the_group_asked_for_is_drawn_from_soundly(
    size: tuple[int, int], seed: int
) -> None:
    task = a_skewed_task(seed, *size)
    assert_sound(task, hold(task, SOLVER))


def test_the_seated_count_and_are_not_drawn() -> None:
    seated = people(2, "s", profile="user")
    pool = people(6, "u", profile="user") + people(3, "c", profile="client")
    asked = (Requirement("profile", "user", 2, 3), Requirement("profile", "client", 1, 3))
    task = CompositionTask(4, 4, asked, pool, seated)

    lottery = hold(task, SOLVER)

    assert_sound(task, lottery)
    assert lottery.chances == pytest.approx(
        [1 / 3, 1 / 6]
    )  # of the clients, of the users: one of each is drawn, or two clients


def test_whoever_fits_into_no_panel_has_no_chance_and_whoever_is_needed_is_in_all() -> None:
    pool = (
        people(1, "a", profile="partner") + people(4, "b", profile="user") + people(2, "c", profile="guest")
    )
    asked = (Requirement("profile", "partner", 1, 1), Requirement("profile", "guest", 0, 0))

    lottery = hold(CompositionTask(3, 3, asked, pool), SOLVER)

    assert lottery.probabilities == (1000, 500, 500, 500, 500, 0, 0)


@pytest.mark.parametrize("pool", [(), people(3)])
def test_where_nobody_is_to_be_drawn_a_thousand_panels_are_empty(pool: tuple[Candidate, ...]) -> None:
    lottery = hold(CompositionTask(2, 2, (), pool, people(2, "s")), SOLVER)

    assert (lottery.panels, lottery.probabilities) == (((),) * 1000, (0,) * len(pool))


def test_what_cannot_be_composed_cannot_be_drawn() -> None:
    with pytest.raises(CompositionIsInfeasible):
        hold(worked_example(), SOLVER)


def test_a_draw_is_for_one_size() -> None:
    with pytest.raises(InvalidRequest, match="one size"):
        hold(replace(reference(), size_min=19), SOLVER)


# -- progress and an end ---------------------------------------------------------------------------------------------


def test_progress_is_told_from_the_first_chance_to_the_last_panel() -> None:
    told: list[Progress] = []

    def note(progress: Progress) -> bool:
        told.append(progress)
        return True

    hold(a_skewed_task(1, 60, 12), SOLVER, note)

    assert [one.step for one in told] == sorted(one.step for one in told)
    assert told[0].done == 0
    assert told[-1] == Progress("panels", 1000, 1000)
    for step in ("chances", "panels"):
        done = [one.done for one in told if one.step == step]
        assert done == sorted(done)
        assert done[-1] == next(one.of for one in told if one.step == step)


@pytest.mark.parametrize("after", [0, 3, 20])
def test_a_selection_ends_when_it_is_told_to(after: int) -> None:
    told: list[Progress] = []

    def enough(progress: Progress) -> bool:
        told.append(progress)
        return len(told) <= after

    with pytest.raises(SelectionWasCanceled):
        hold(a_skewed_task(1, 60, 12), SOLVER, enough)
    assert len(told) == after + 1


# -- against the book ------------------------------------------------------------------------------------------------


def test_the_book_itself_is_right_about_what_can_be_seen() -> None:
    panels = [frozenset(one) for one in ((0, 1), (0, 2), (0, 3))]
    assert leximin(panels, 5) == [Fraction(1), *[Fraction(1, 3)] * 3, Fraction(0)]
    assert maximum([Fraction(3), Fraction(2)], [[Fraction(1), Fraction(1)]], [Fraction(4)]) == [4, 0]


@pytest.fixture(scope="module")
def instances() -> list[tuple[CompositionTask, list[frozenset[int]]]]:
    """Small ones that are feasible, with every panel there is."""
    random = Random(2021)
    found: list[tuple[CompositionTask, list[frozenset[int]]]] = []
    while len(found) < INSTANCES:
        drawn = a_small_task(random)
        task = replace(drawn, size_min=drawn.size_max, pool=drawn.pool[:7])
        place = {one.id: number for number, one in enumerate(task.pool)}
        keeping = EveryPanel(task).keeping(task.bounds, task.size_min, task.size_max)
        panels = [frozenset(place[one.id] for one in panel if one.id in place) for panel in keeping]
        if panels:
            found.append((task, panels))
    return found


def test_chances_are_those_of_leximin_over_every_panel(
    instances: list[tuple[CompositionTask, list[frozenset[int]]]],
) -> None:
    uneven = 0
    for task, panels in instances:
        expected = leximin(panels, len(task.pool))
        lottery = hold(task, SOLVER)
        chance = {
            id_: one for alike, one in zip(task.alike, lottery.chances, strict=True) for id_ in alike.ids
        }
        assert [chance[one.id] for one in task.pool] == pytest.approx(list(map(float, expected)), abs=1e-6)
        assert_sound(task, lottery)
        assert {frozenset(panel) for panel in lottery.panels} <= set(panels)
        uneven += len(set(expected)) > 2
    assert uneven > INSTANCES / 20


def test_people_who_come_only_in_odd_company_are_drawn_fairly_too() -> None:
    """Divided people would do better than whole ones can: the chances are not those of the relaxed program."""
    pool = [
        Candidate("p1", {"a": "1", "b": "1"}),
        Candidate("p2", {"b": "1", "c": "1"}),
        Candidate("p3", {"a": "1", "c": "1"}),
        *people(4, "q"),
    ]
    asked = tuple(Requirement(name, "1", 0, 1) for name in "abc")
    task = CompositionTask(4, 4, asked, tuple(pool))

    lottery = hold(task, SOLVER)

    assert_sound(task, lottery)
    assert lottery.probabilities[:3] in {(333, 333, 334), (333, 334, 333), (334, 333, 333)}


# -- the same for everyone -------------------------------------------------------------------------------------------


def test_the_order_in_which_a_task_is_said_means_nothing() -> None:
    for seed, task in enumerate([a_big_task(1, 120, 12, slack=0), a_skewed_task(4, 80, 12), reference()]):
        assert hold(shuffled(task, seed), SOLVER) == hold(task, SOLVER)


def test_every_process_prepares_the_same_panels() -> None:
    told = told_by_processes("sortition")

    assert len(told) == 1
    assert len(told.pop()) > 1000
