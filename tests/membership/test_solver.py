"""HiGHS behind the port: whole numbers, fractions with prices, a deadline, and what is said where it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from beraad_membership.domain.solving import UNBOUNDED, Program, Row, SolverNotInstalled, SolverRanOut
from beraad_membership.solver.highs import HighsSolver, SolverIsWrong, _checked
from membership.pools import SOLVER

TRIANGLE = (Row(-UNBOUNDED, 1, (0, 1)), Row(-UNBOUNDED, 1, (1, 2)), Row(-UNBOUNDED, 1, (0, 2)))
"""At most one of any two: whole numbers reach 1, fractions one and a half."""


def test_whole_numbers_are_found_where_the_best_fractions_are_none() -> None:
    found = SOLVER.whole(Program((5, 5, 5), TRIANGLE, (1, 1, 1)))

    assert found is not None
    assert sum(found) == 1


def test_fractions_come_with_the_prices_of_their_rows() -> None:
    found = SOLVER.fractions(Program((UNBOUNDED,) * 3, TRIANGLE, (1, 1, 1)))

    assert found.best == pytest.approx(1.5)
    assert found.values == pytest.approx((0.5, 0.5, 0.5))
    assert found.prices == pytest.approx((0.5, 0.5, 0.5))


def test_a_row_may_weigh_its_variables() -> None:
    assert SOLVER.whole(Program((9, 9), (Row(7, 7, (0, 1), (3, 2)),), (0, 1))) == (1, 2)


@pytest.mark.parametrize(
    "rows",
    [
        (Row(3, 3, (0,)),),
        (Row(1, 1, (0, 1)), Row(1, 1, (1, 2)), Row(1, 1, (0, 2))),
    ],
)
def test_where_no_whole_numbers_keep_the_rows_there_are_none(rows: tuple[Row, ...]) -> None:
    assert SOLVER.whole(Program((1, 1, 1), rows, (0, 0, 0))) is None


def test_whole_numbers_that_break_a_row_or_a_limit_are_never_believed() -> None:
    program = Program((2, 2), (Row(1, 2, (0, 1)),), (1, 1))

    assert _checked(program, (1, 1)) == (1, 1)
    for wrong in ((2, 1), (0, 0), (3, -1), (-1, 2)):
        with pytest.raises(SolverIsWrong):
            _checked(program, wrong)


def test_fractions_are_only_asked_for_where_there_are_some() -> None:
    with pytest.raises(SolverIsWrong):
        SOLVER.fractions(Program((1,), (Row(2, 2, (0,)),), (0,)))


def test_every_solve_has_a_deadline_of_its_own() -> None:
    hasty = HighsSolver(deadline_seconds=0)
    for _ in range(2):
        with pytest.raises(SolverRanOut, match="after 0 s"):
            hasty.whole(Program((5, 5, 5), TRIANGLE, (1, 1, 1)))


def test_all_solves_together_have_a_deadline_too() -> None:
    """Each question may be short; an answer that takes hundreds of them keeps somebody waiting all the same."""
    hasty = HighsSolver(total_seconds=0)
    with pytest.raises(SolverRanOut, match="in all"):
        hasty.whole(Program((5, 5, 5), TRIANGLE, (1, 1, 1)))


def test_where_highspy_is_missing_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)

    with pytest.raises(SolverNotInstalled, match=r"beraad-membership\[selection\]"):
        HighsSolver()


def test_nothing_of_the_service_imports_it_before_it_is_asked_for() -> None:
    program = (
        "import sys; import beraad_membership.app, beraad_membership.worker, beraad_membership.solver.highs; "
        "sys.exit('highspy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
