"""HiGHS behind `beraad_membership.domain.solving.Solver`: one thread, one seed, a deadline on every solve.

It computes with floats, so whole numbers it gives are checked against the rows in integers before anybody relies on them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import accumulate
from math import inf
from typing import Any

from beraad_membership.domain.solving import Priced, Program, Row, SolverNotInstalled, SolverRanOut

OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "solver": "simplex",
    "presolve": "off",  # as are those of the search: on programs this small they take longer than it
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_effort": 0.0,
    "mip_allow_restart": False,
    "mip_detect_symmetry": False,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-9,
}
CLOSE = 1e-6
"""How far from a whole number a float may be that stands for it: HiGHS' own tolerance."""


class SolverIsWrong(Exception):
    """HiGHS gave whole numbers that do not keep the rows: a defect, nothing may be made of them."""


class HighsSolver:
    """For one thread at a time. Raises `SolverNotInstalled` where highspy is not."""

    def __init__(self, deadline_seconds: float = 30.0, total_seconds: float = inf) -> None:
        """Each solve has that long, and all of them together `total_seconds` from now on."""
        self._api = _api()
        self._highs = self._api._Highs()  # noqa: SLF001 - `Highs` adds a modeling language, which costs time
        for name, value in OPTIONS.items():
            self._highs.setOptionValue(name, value)
        self._seconds, self._total = deadline_seconds, total_seconds
        self._ends_at = time.monotonic() + total_seconds

    def whole(self, program: Program) -> tuple[int, ...] | None:
        """Its fractions first, which mostly are whole already; branching where they are not."""
        for branching in (False, True):
            found = self._run(program, branching=branching)
            if found is None:
                return None
            values = found.col_value
            if all(abs(value - round(value)) < CLOSE for value in values):
                return _checked(program, tuple(map(round, values)))
        raise SolverIsWrong("fractions where whole numbers were asked for")

    def fractions(self, program: Program) -> Priced:
        """The best fractions and the prices of the rows, as HiGHS' simplex leaves them."""
        found = self._run(program, branching=False)
        if found is None:
            raise SolverIsWrong("no fractions where there are some")
        best = sum(want * value for want, value in zip(program.maximize, found.col_value, strict=True))
        return Priced(best, tuple(found.col_value), tuple(found.row_dual))

    def _run(self, program: Program, *, branching: bool) -> Any:
        """The solution, or None where there is none."""
        status, api = self._api.HighsModelStatus, self._api
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise SolverRanOut(f"after {self._total:g} s in all")
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + min(self._seconds, left))
        self._highs.passModel(_model(api, program, branching=branching))
        self._highs.run()
        reached = self._highs.getModelStatus()
        if reached == status.kOptimal:
            return self._highs.getSolution()
        if reached in {status.kInfeasible, status.kUnboundedOrInfeasible}:
            return None
        raise SolverRanOut(
            f"after {min(self._seconds, left):.2g} s: {self._highs.modelStatusToString(reached)}"
        )


def _api() -> Any:
    try:
        import highspy
    except ImportError as error:
        raise SolverNotInstalled from error
    return highspy


def _model(api: Any, program: Program, *, branching: bool) -> Any:
    columns, infinite = len(program.upper), api.kHighsInf
    model = api.HighsLp()
    model.num_col_, model.num_row_ = columns, len(program.rows)
    model.sense_ = api.ObjSense.kMaximize
    model.col_cost_ = program.maximize
    model.col_lower_ = [0.0] * columns
    model.col_upper_ = [min(one, infinite) for one in program.upper]
    model.row_lower_ = [max(row.low, -infinite) for row in program.rows]
    model.row_upper_ = [min(row.high, infinite) for row in program.rows]
    model.a_matrix_.format_ = api.MatrixFormat.kRowwise
    model.a_matrix_.start_ = [0, *accumulate(len(row.over) for row in program.rows)]
    model.a_matrix_.index_ = [index for row in program.rows for index in row.over]
    model.a_matrix_.value_ = [weight for row in program.rows for weight in _weights(row)]
    if branching:
        model.integrality_ = [api.HighsVarType.kInteger] * columns
    return model


def _weights(row: Row) -> tuple[float, ...]:
    return row.weights or (1.0,) * len(row.over)


def _checked(program: Program, values: tuple[int, ...]) -> tuple[int, ...]:
    if any(_broken(program, values)):
        raise SolverIsWrong("these whole numbers do not keep the rows")
    return values


def _broken(program: Program, values: tuple[int, ...]) -> Iterator[bool]:
    yield from (not 0 <= value <= most for value, most in zip(values, program.upper, strict=True))
    for row in program.rows:
        weights = row.weights or (1,) * len(row.over)
        yield not row.low <= sum(w * values[n] for w, n in zip(weights, row.over, strict=True)) <= row.high
