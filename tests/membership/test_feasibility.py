"""Whether a group can be composed, and why not: the design's example, and five hundred small tasks against brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from beraad.domain import InvalidRequest
from beraad_membership.domain.feasibility import Blocking, Feasibility, Repair, examine
from beraad_membership.domain.irreducible import preferred_conflict
from beraad_membership.domain.requirements import Bound, Candidate, CompositionTask, Requirement
from beraad_membership.domain.solving import Priced, Program
from membership.pools import (
    SOLVER,
    EveryPanel,
    a_big_task,
    people,
    reference,
    shuffled,
    small_tasks,
    worked_example,
)
from membership.processes import told_by_processes

CLIENT_AT_MOST_4 = Bound("profile", "client", "max", 4)
NL_AT_LEAST_5 = Bound("language", "nl", "min", 5)
TASKS = 500


def test_the_worked_example_is_blocked_by_two_bounds_either_of_which_can_be_repaired() -> None:
    assert examine(worked_example(), SOLVER) == Feasibility(
        blocking=((Blocking(NL_AT_LEAST_5, 8, 4), Blocking(CLIENT_AT_MOST_4, 8, 5)),),
        repairs=(Repair(NL_AT_LEAST_5, 4), Repair(CLIENT_AT_MOST_4, 5)),
    )


def test_bounds_are_written_as_people_write_them() -> None:
    assert [str(CLIENT_AT_MOST_4), str(NL_AT_LEAST_5)] == ["client ≤ 4", "nl ≥ 5"]


def test_what_can_be_composed_says_with_how_many() -> None:
    found = examine(replace(worked_example(), size_min=5, size_max=9, requirements=()), SOLVER)

    assert found == Feasibility(sizes=(5, 6, 7, 8, 9))
    assert found.feasible


def test_sizes_between_the_smallest_and_the_largest_may_be_missing() -> None:
    """One person counts for all three requirements, or three people for one each: two can never do it."""
    one_for_all = people(1, "a", x="1", y="1", z="1")
    one_each = (*people(1, "x", x="1"), *people(1, "y", y="1"), *people(1, "z", z="1"))
    asked = tuple(Requirement(name, "1", 1, 1) for name in "xyz")

    assert examine(CompositionTask(1, 4, asked, one_for_all + one_each), SOLVER).sizes == (1, 3)


def test_a_pool_that_is_too_small_is_a_reason_of_its_own() -> None:
    task = CompositionTask(12, 14, (Requirement("profile", "user", 2, 5),), people(5, profile="user"))

    assert examine(task, SOLVER) == Feasibility(hindrance="pool_too_small", nearest_sizes=(5,))


def test_so_is_having_more_people_seated_than_there_are_seats() -> None:
    task = CompositionTask(1, 2, (), people(1, "p"), people(3, "s"))

    assert examine(task, SOLVER) == Feasibility(hindrance="too_many_seated", nearest_sizes=(3,))


def test_whoever_is_seated_may_alone_break_a_bound() -> None:
    at_most_one = Requirement("profile", "user", 0, 1)
    task = CompositionTask(2, 3, (at_most_one,), people(4, profile="client"), people(2, "s", profile="user"))

    found = examine(task, SOLVER)

    assert found.blocking == ((Blocking(at_most_one.bounds[0], 2, 2),),)
    assert found.repairs == (Repair(at_most_one.bounds[0], 2),)


def test_where_two_things_block_each_is_told_and_no_single_change_helps() -> None:
    asked = (Requirement("profile", "partner", 1, 2), Requirement("language", "de", 2, 3))
    found = examine(CompositionTask(4, 4, asked, people(9, profile="user", language="fr")), SOLVER)

    assert [[str(one.bound) for one in some] for some in found.blocking] == [["de ≥ 2"], ["partner ≥ 1"]]
    assert found.repairs == ()


def test_the_nearest_sizes_that_would_do_are_told() -> None:
    asked = (Requirement("profile", "user", 2, 3), Requirement("profile", "client", 2, 3))
    pool = people(5, "u", profile="user") + people(5, "c", profile="client")

    assert examine(CompositionTask(7, 8, asked, pool), SOLVER).nearest_sizes == (6,)
    assert examine(CompositionTask(2, 3, asked, pool), SOLVER).nearest_sizes == (4,)


def test_an_empty_pool_is_examined_too() -> None:
    seated = people(2, "s", profile="user")

    assert examine(CompositionTask(2, 2, (), (), seated), SOLVER).sizes == (2,)
    short = examine(CompositionTask(2, 2, (Requirement("profile", "client", 1, 2),), (), seated), SOLVER)
    assert [[one.available for one in some] for some in short.blocking] == [[0]]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"size_min": 0}, "/size_min"),
        ({"size_min": 13}, "/size_min"),
        ({"requirements": (Requirement("a", "b", 0, 1), Requirement("a", "b", 1, 2))}, "/requirements"),
        ({"pool": (Candidate("p"), Candidate("p"))}, "/pool"),
        ({"seated": (Candidate("u0000"),)}, "/pool"),
    ],
)
def test_a_task_that_contradicts_itself_is_refused(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        replace(worked_example(), **changes)  # type: ignore[arg-type]
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(("least", "most"), [(-1, 2), (3, 2)])
def test_so_is_a_requirement(least: int, most: int) -> None:
    with pytest.raises(InvalidRequest):
        Requirement("profile", "user", least, most)


# -- against brute force ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examined() -> list[tuple[EveryPanel, Feasibility]]:
    return [(EveryPanel(task), examine(task, SOLVER)) for task in small_tasks(TASKS)]


def test_the_small_tasks_are_of_every_kind(examined: list[tuple[EveryPanel, Feasibility]]) -> None:
    found = [one for _, one in examined]

    assert sum(one.feasible for one in found) > TASKS / 10
    assert sum(len(one.blocking) == 1 for one in found) > TASKS / 10
    assert sum(len(one.blocking) > 1 for one in found) > TASKS / 10
    assert sum(len(some) > 1 for one in found for some in one.blocking) > TASKS / 10
    assert sum(len(one.repairs) > 1 for one in found) > TASKS / 50
    assert {one.hindrance for one in found} == {None, "pool_too_small", "too_many_seated"}


def test_feasible_sizes_agree_with_brute_force(examined: list[tuple[EveryPanel, Feasibility]]) -> None:
    for every, found in examined:
        task = every.task
        sizes = range(task.size_min, task.size_max + 1)
        assert found.sizes == tuple(s for s in sizes if every.keeping(task.bounds, s, s)), task


def test_each_blocking_set_blocks_and_none_of_its_bounds_can_be_missed(
    examined: list[tuple[EveryPanel, Feasibility]],
) -> None:
    for every, found in examined:
        for some in found.blocking:
            bounds = [one.bound for one in some]
            assert not every.allow(bounds)
            assert all(every.allow(part) for part in combinations(bounds, len(bounds) - 1))


def test_blocking_sets_are_disjoint_and_nothing_blocks_beside_them(
    examined: list[tuple[EveryPanel, Feasibility]],
) -> None:
    for every, found in examined:
        blamed = [one.bound for some in found.blocking for one in some]
        assert len(blamed) == len(set(blamed))
        if found.hindrance is None:
            assert every.allow(set(every.task.bounds).difference(blamed))


def test_the_numbers_of_a_blocking_set_agree_with_brute_force(
    examined: list[tuple[EveryPanel, Feasibility]],
) -> None:
    for every, found in examined:
        task = every.task
        for some in found.blocking:
            for one in some:
                others = [other.bound for other in some if other != one]
                best = min if one.bound.side == "max" else max
                counts = [count(one.bound, p) for p in every.keeping(others, task.size_min, task.size_max)]
                assert one.reachable == best(counts)
                assert one.available == count(one.bound, (*task.seated, *task.pool))


def test_the_repairs_are_all_least_changes_of_one_bound(
    examined: list[tuple[EveryPanel, Feasibility]],
) -> None:
    for every, found in examined:
        if found.feasible or found.hindrance:
            continue
        expected = {
            Repair(bound, limit)
            for bound in every.task.bounds
            if (limit := least_change(every, bound)) is not None
        }
        assert set(found.repairs) == expected
        assert len(found.repairs) == len(expected)


def test_the_nearest_sizes_agree_with_brute_force(examined: list[tuple[EveryPanel, Feasibility]]) -> None:
    for every, found in examined:
        task = every.task
        if found.feasible:
            assert found.nearest_sizes == ()
            continue
        possible = [size for size in range(1, 12) if every.keeping(task.bounds, size, size)]
        smaller = [size for size in possible if size < task.size_min]
        larger = [size for size in possible if size > task.size_max]
        assert found.nearest_sizes == (*smaller[-1:], *larger[:1])


def count(bound: Bound, panel: Sequence[Candidate]) -> int:
    return sum(one.attributes.get(bound.attribute) == bound.value for one in panel)


def least_change(every: EveryPanel, bound: Bound) -> int | None:
    """By trying limits one after the other."""
    others = [other for other in every.task.bounds if other != bound]
    limits = range(bound.limit - 1, -1, -1) if bound.side == "min" else range(bound.limit + 1, 12)
    for limit in limits:
        if every.allow([*others, replace(bound, limit=limit)]):
            return limit
    return None


def test_halving_finds_what_deleting_one_after_the_other_finds() -> None:
    for every, found in ((EveryPanel(task), task) for task in small_tasks(200, seed=11)):
        bounds = found.bounds
        if not every.allow([]) or every.allow(bounds):
            continue
        left = list(bounds)
        for bound in reversed(bounds):
            without = [other for other in left if other != bound]
            left = left if every.allow(without) else without

        assert preferred_conflict(bounds, every.allow) == tuple(left)


# -- the same for everyone, and soon ---------------------------------------------------------------------------------


def test_the_order_in_which_things_are_said_means_nothing() -> None:
    tasks = [*small_tasks(100, seed=7), a_big_task(3, 200, 12, slack=0, raised=2), worked_example()]
    for seed, task in enumerate(tasks):
        assert examine(shuffled(task, seed), SOLVER) == examine(task, SOLVER)


def test_every_process_says_the_same() -> None:
    told = told_by_processes("feasibility")

    assert len(told) == 1
    assert len(told.pop()) > 100


class Asked:
    """The solver, counting what it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def whole(self, program: Program) -> tuple[int, ...] | None:
        self.times += 1
        return SOLVER.whole(program)

    def fractions(self, program: Program) -> Priced:
        self.times += 1
        return SOLVER.fractions(program)


@pytest.mark.parametrize("raised", [0, 1, 2])
def test_two_hundred_candidates_for_twelve_seats_take_few_questions(raised: int) -> None:
    """The design's limit is 100 ms; a question takes a third of one (docs/selection.md has what was measured)."""
    task, solver = a_big_task(raised, 200, 12, slack=0, raised=raised), Asked()
    examine(shuffled(task, 1), solver)
    assert solver.times <= 100


def test_the_reference_instance_can_be_composed() -> None:
    assert examine(reference(), SOLVER).sizes == (20,)
