"""The fairest chances: the least likely person's chance is as large as can be, then the next least likely one's, and so on.

Leximin after Flanigan, Gölz, Gupta, Hennig and Procaccia, "Fair algorithms for selecting citizens' assemblies" (Nature 596, 2021), over
kinds of people instead of people: those whom no requirement tells apart get the same chance, and the programs stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from beraad_membership.domain.compositions import Composition, Compositions
from beraad_membership.domain.solving import UNBOUNDED, Priced, Program, Row
from beraad_membership.domain.spreading import spread

CLOSE = 1e-7
"""What a further composition must at least promise: chances are exact to about as much."""
DEAR = 10
"""What losing a settled chance costs, for each person there is: more than any gain."""
TELLING = 1e-3
"""A price from which on a chance is surely at its limit. All prices together are 1."""
FINE, LOOSE = 10**12, 10**4
"""Into how many panels relaxed chances are spread for a start, and how far rounding may put them off."""


@dataclass(frozen=True)
class Mixture:
    """`chances` of one person of each kind, and compositions with weights (together 1) that bring them about."""

    chances: tuple[float, ...]
    compositions: tuple[tuple[Composition, float], ...]


def fairest(possible: Compositions, settled: Callable[[int], None]) -> Mixture:
    """Of a feasible task. `settled` is told how many kinds have their chance, again and again, and may raise to end it."""
    if not possible.people:
        return Mixture((), (((), 1.0),))
    columns = _covering(possible, settled)
    never = {kind for kind in range(len(possible.people)) if not any(column[kind] for column in columns)}
    relaxed = _relaxed(possible, never, settled)
    for composition, _ in spread(possible, [round(FINE * seats) for seats in relaxed], FINE, loose=LOOSE):
        settled(0)
        columns.setdefault(composition)
    return _settle(possible, columns, dict.fromkeys(never, 0.0), settled)


def _covering(possible: Compositions, settled: Callable[[int], None]) -> dict[Composition, None]:
    """Compositions with everybody in one of them who is in any at all; at least one."""
    found: dict[Composition, None] = {}
    missing = set(range(len(possible.people)))
    while True:
        best = possible.best(tuple(float(kind in missing) for kind in range(len(possible.people))))
        found.setdefault(best)
        settled(0)
        covered = {kind for kind in missing if best[kind]}
        missing -= covered
        if not covered or not missing:
            return found


def _relaxed(possible: Compositions, never: set[int], settled: Callable[[int], None]) -> tuple[float, ...]:
    """Seats of each kind on average, as if people could be divided. Mostly panels can be spread so that just that comes out."""
    chances = dict.fromkeys(never, 0.0)
    seats: tuple[float, ...] = (0.0,) * len(possible.people)
    while len(chances) < len(possible.people):
        found = _divided(possible, chances)
        settled(0)
        seats = found.values[:-2]
        chances |= dict.fromkeys(_limited(possible, found.prices, chances), found.best)
    return seats


def _settle(
    possible: Compositions,
    columns: dict[Composition, None],
    chances: dict[int, float],
    settled: Callable[[int], None],
) -> Mixture:
    """Raise all chances that are not settled as far as they go; those that cannot go further are settled, until all are."""
    weights: tuple[float, ...] = (1.0,)
    while len(chances) < len(possible.people):
        limit = _divided(possible, chances)
        found = _mixed(possible, list(columns), chances)
        while found.best < limit.best - CLOSE:
            settled(len(chances))
            better = _better(possible, found.prices)
            if better is None or better in columns:
                limit = found
                break
            columns.setdefault(better)
            found = _mixed(possible, list(columns), chances)
        weights = found.values[:-2]
        chances |= dict.fromkeys(_limited(possible, limit.prices, chances), found.best)
        settled(len(chances))
    ordered = tuple(max(0.0, chance) for _, chance in sorted(chances.items()))
    return Mixture(ordered, tuple(zip(columns, weights, strict=True)))


def _divided(possible: Compositions, chances: dict[int, float]) -> Priced:
    """The largest chance that every unsettled kind can have, if people could be divided: no mixture of compositions gives more."""
    upper = tuple(some if chances.get(kind, 1) else 0 for kind, some in enumerate(possible.people))
    each = [((kind,), (1,)) for kind in range(len(upper))]
    return _raised(possible, upper, each, possible.bound_rows, chances)


def _mixed(possible: Compositions, columns: Sequence[Composition], chances: dict[int, float]) -> Priced:
    """The same of a mixture of these compositions, with their weights."""
    each = []
    for kind in range(len(possible.people)):
        within = tuple(number for number, column in enumerate(columns) if column[kind])
        each.append((within, tuple(columns[number][kind] for number in within)))
    whole = Row(1, 1, tuple(range(len(columns))))
    return _raised(possible, (UNBOUNDED,) * len(columns), each, (whole,), chances)


def _raised(
    possible: Compositions,
    upper: tuple[float, ...],
    seats: Sequence[tuple[tuple[int, ...], tuple[int, ...]]],
    rows: tuple[Row, ...],
    chances: dict[int, float],
) -> Priced:
    """Raise the chance that all unsettled kinds have at least, the seats of each kind being those sums of the variables.

    Settled chances are kept, except for what floats lose, which is dear. The values are the variables', then the chance, then the loss.
    """
    chance, loss = len(upper), len(upper) + 1
    of_kinds = tuple(
        Row(chances[kind] * some, UNBOUNDED, (*over, loss), (*weights, some))
        if kind in chances
        else Row(0, UNBOUNDED, (*over, chance), (*weights, -some))
        for kind, (some, (over, weights)) in enumerate(zip(possible.people, seats, strict=True))
    )
    wanted = (0,) * len(upper) + (1, -DEAR * sum(possible.people))
    found = possible.solver.fractions(Program((*upper, UNBOUNDED, UNBOUNDED), of_kinds + rows, wanted))
    return Priced(found.values[chance], found.values, found.prices)


def _better(possible: Compositions, prices: Sequence[float]) -> Composition | None:
    """A composition that would raise the chance, judged by these prices of kinds, and last of being in the mixture; None if there is none."""
    worth = tuple(-price for price in prices[:-1])
    best = possible.best(worth)
    promise = sum(one * some for one, some in zip(worth, best, strict=True)) - prices[-1]
    return best if promise > CLOSE else None


def _limited(possible: Compositions, prices: Sequence[float], chances: dict[int, float]) -> list[int]:
    """Kinds that are at their limit: somebody would have to lose for them to gain."""
    unsettled = ((kind, some) for kind, some in enumerate(possible.people) if kind not in chances)
    owed = {kind: -prices[kind] * some for kind, some in unsettled}
    telling = min(TELLING, max(owed.values()))
    return [kind for kind, price in owed.items() if price >= telling]
