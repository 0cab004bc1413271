"""Leximin by the book, in fractions, over every panel there is: no solver, no kinds of people, no columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

ZERO, ONE = Fraction(0), Fraction(1)
Line = list[Fraction]


def leximin(panels: Sequence[frozenset[int]], people: int) -> list[Fraction]:
    """Each person's chance in the fairest lottery over these panels."""
    settled: dict[int, Fraction] = {}
    while len(settled) < people:
        least, chances = _raise_least(panels, people, settled)
        settled |= {
            one: least
            for one in range(people)
            if one not in settled
            and chances[one] == least
            and _most_of(one, panels, people, settled, least) == least
        }
    return [settled[one] for one in range(people)]


def _raise_least(
    panels: Sequence[frozenset[int]], people: int, settled: dict[int, Fraction]
) -> tuple[Fraction, Line]:
    """The largest least chance of those not settled, and chances that have it."""
    rows, right = _at_least(panels, people, {one: settled.get(one, ZERO) for one in range(people)})
    for one in range(people):
        rows[one].insert(len(panels), ZERO if one in settled else -ONE)
    rows[people].insert(len(panels), ZERO)
    goal = [ZERO] * len(panels) + [ONE] + [ZERO] * people
    values = maximum(goal, rows, right)
    chances = [
        sum((values[n] for n, panel in enumerate(panels) if one in panel), ZERO) for one in range(people)
    ]
    return values[len(panels)], chances


def _most_of(
    one: int, panels: Sequence[frozenset[int]], people: int, settled: dict[int, Fraction], least: Fraction
) -> Fraction:
    """The largest chance this one can have while nobody has less than is settled, or the least."""
    rows, right = _at_least(panels, people, {other: settled.get(other, least) for other in range(people)})
    goal = [ONE if one in panel else ZERO for panel in panels] + [ZERO] * people
    values = maximum(goal, rows, right)
    return sum((values[n] for n, panel in enumerate(panels) if one in panel), ZERO)


def _at_least(
    panels: Sequence[frozenset[int]], people: int, chances: dict[int, Fraction]
) -> tuple[list[Line], Line]:
    """Equations: each one's chance less what is above the least is the least; all weights together are 1."""
    rows = [
        [ONE if one in panel else ZERO for panel in panels]
        + [-ONE if one == other else ZERO for other in range(people)]
        for one in range(people)
    ]
    rows.append([ONE] * len(panels) + [ZERO] * people)
    return rows, [chances[one] for one in range(people)] + [ONE]


def maximum(goal: Line, rows: list[Line], right: Line) -> Line:
    """Values of at least 0 that fulfill the equations and make the goal as large as can be: two phases, Bland's rule."""
    count, width = len(rows), len(goal)
    table = [
        [*row, *(ONE if n == m else ZERO for m in range(count)), value]
        for n, (row, value) in enumerate(zip(rows, right, strict=True))
    ]
    basis = [width + n for n in range(count)]
    _improve(table, basis, [ZERO] * width + [-ONE] * count, width + count)
    assert all(table[n][-1] == 0 for n in range(count) if basis[n] >= width), "there are none"
    for n in range(
        count
    ):  # what is left of the first phase stands at zero: take it out where something can take its place
        instead = next((m for m in range(width) if table[n][m]), None)
        if basis[n] >= width and instead is not None:
            _pivot(table, basis, n, instead)
    _improve(table, basis, goal + [ZERO] * count, width)
    values = [ZERO] * (width + count)
    for n in range(count):
        values[basis[n]] = table[n][-1]
    return values[:width]


def _improve(table: list[Line], basis: list[int], goal: Line, usable: int) -> None:
    while True:
        entering = next(
            (m for m in range(usable) if m not in basis and _gain(table, basis, goal, m) > 0), None
        )
        if entering is None:
            return
        ratios = [(row[-1] / row[entering], basis[n], n) for n, row in enumerate(table) if row[entering] > 0]
        _pivot(table, basis, min(ratios)[2], entering)


def _gain(table: list[Line], basis: list[int], goal: Line, column: int) -> Fraction:
    spent = sum((goal[basis[n]] * row[column] for n, row in enumerate(table) if row[column]), ZERO)
    return goal[column] - spent


def _pivot(table: list[Line], basis: list[int], row: int, column: int) -> None:
    by = table[row][column]
    table[row] = [value / by for value in table[row]]
    for n, other in enumerate(table):
        if n != row and (times := other[column]):
            table[n] = [
                value - times * own if own else value for value, own in zip(other, table[row], strict=True)
            ]
    basis[row] = column
