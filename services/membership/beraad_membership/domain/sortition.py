"""A fair draw, prepared: chances as equal as the requirements allow, and a thousand panels one of which will be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Literal

from beraad.domain import InvalidRequest, RuleBroken
from beraad_membership.domain.commitments import PANELS, counts
from beraad_membership.domain.compositions import Composition, Compositions
from beraad_membership.domain.leximin import Mixture, fairest
from beraad_membership.domain.requirements import CompositionTask
from beraad_membership.domain.solving import Solver
from beraad_membership.domain.spreading import spread

WHOLE = 1e-5
"""How far from a whole number of panels a weight may be that stands for one."""


class CompositionIsInfeasible(RuleBroken):
    """No panel from this pool satisfies the policy: the composition check tells why."""


class SelectionWasCanceled(RuleBroken):
    """Somebody ended the selection before its panels were there; nothing was published."""


@dataclass(frozen=True)
class Progress:
    """How far it has come: so many of the kinds of people have their chance, so many panels are composed."""

    step: Literal["chances", "panels"]
    done: int
    of: int


Watch = Callable[[Progress], bool]
"""Told of progress, at least once for every solve that may take long; False ends the selection."""


@dataclass(frozen=True)
class Lottery:
    """A thousand panels, each of which satisfies every requirement, as places in `task.pool` (the seated are not in it).

    `probabilities`: in how many of them each of the pool is, so per mille. `chances` are what they are rounded from: the fairest there
    are, for one person of each of `task.alike`.
    """

    chances: tuple[float, ...]
    panels: tuple[tuple[int, ...], ...]
    probabilities: tuple[int, ...]


def hold(task: CompositionTask, solver: Solver, watch: Watch = lambda _: True) -> Lottery:
    """Prepare a draw for a group of one size. The same task gives the same panels, in whatever order it was said.

    People whom no requirement tells apart are in equally many panels, give or take one. Raises `InvalidRequest` where the task leaves
    the size open, `CompositionIsInfeasible`, `SelectionWasCanceled` where `watch` says so, and `SolverRanOut`.
    """
    if task.size_min != task.size_max:
        raise InvalidRequest("a draw is for one size", pointer="/size")
    possible = Compositions(task, solver)
    if not possible.allow(task.bounds):
        raise CompositionIsInfeasible
    kinds = len(task.alike)
    mixture = fairest(possible, lambda done: _go_on(watch, Progress("chances", done, kinds)))
    composed: list[Composition] = []
    for composition, times in numbered(possible, mixture):
        composed += [composition] * times
        _go_on(watch, Progress("panels", len(composed), PANELS))
    panels = tuple(_with_people(task, composed))
    return Lottery(mixture.chances, panels, tuple(counts(panels, len(task.pool))))


def numbered(possible: Compositions, mixture: Mixture) -> Iterator[tuple[Composition, int]]:
    """Compositions for a thousand panels: each by its weight, rounded down; the seats then missing are spread over the panels left."""
    owed = _whole_seats(possible, mixture)
    left = PANELS
    for composition, weight in mixture.compositions:
        times = int(PANELS * weight + WHOLE)
        if times:
            yield composition, times
        owed = [seats - times * some for seats, some in zip(owed, composition, strict=True)]
        left -= times
    yield from spread(possible, owed, left, forced=True)


def _whole_seats(possible: Compositions, mixture: Mixture) -> list[int]:
    """How many seats each kind gets in all panels: its chance, rounded up where most was cut off, so that all seats are given."""
    exact = [PANELS * chance * some for chance, some in zip(mixture.chances, possible.people, strict=True)]
    seats = [int(one + WHOLE) for one in exact]
    open_seats = PANELS * (possible.task.size_max - len(possible.task.seated)) - sum(seats)
    cut_off = sorted(range(len(exact)), key=lambda kind: (seats[kind] - exact[kind], kind))
    for kind in cut_off[:open_seats]:
        seats[kind] += 1
    return seats


def _with_people(task: CompositionTask, composed: Sequence[Composition]) -> Iterator[tuple[int, ...]]:
    """Panels of people: those of a kind take turns."""
    place = {one.id: number for number, one in enumerate(task.pool)}
    turns = [cycle(place[id_] for id_ in one.ids) for one in task.alike]
    for composition in composed:
        chosen = (islice(turn, some) for turn, some in zip(turns, composition, strict=True))
        yield tuple(sorted(person for some in chosen for person in some))


def _go_on(watch: Watch, progress: Progress) -> None:
    if not watch(progress):
        raise SelectionWasCanceled
