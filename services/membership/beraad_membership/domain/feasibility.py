"""Whether a group can be composed as asked; where it cannot, what stands in the way and what least change would help.

Size and pool are background: they are never part of what blocks, and repairs of the size are told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from beraad_membership.domain.compositions import Compositions
from beraad_membership.domain.irreducible import preferred_conflict
from beraad_membership.domain.requirements import Bound, CompositionTask
from beraad_membership.domain.solving import Solver


@dataclass(frozen=True)
class Blocking:
    """One bound of a blocking set: how many the pool has of it (with the seated), and how many it could be if the set's others hold.

    `reachable` is the most for a minimum, the fewest for a maximum.
    """

    bound: Bound
    available: int
    reachable: int


@dataclass(frozen=True)
class Repair:
    """Changing this one bound to `limit`, and nothing else, makes the composition feasible; a smaller change does not."""

    bound: Bound
    limit: int


@dataclass(frozen=True)
class Feasibility:
    """What can be composed. Either `sizes` are those that can be filled, or the rest tells why none can.

    `hindrance` names what no bound is to blame for. Each set in `blocking` is irreducible: without any one of its bounds, the rest
    of the set can be kept; no bound is in two sets. `repairs` are all that change one bound; `nearest_sizes` are the next smaller
    and the next larger size that all bounds allow.
    """

    sizes: tuple[int, ...] = ()
    hindrance: Literal["pool_too_small", "too_many_seated"] | None = None
    blocking: tuple[tuple[Blocking, ...], ...] = ()
    repairs: tuple[Repair, ...] = ()
    nearest_sizes: tuple[int, ...] = ()

    @property
    def feasible(self) -> bool:
        """Some size can be filled."""
        return bool(self.sizes)


def examine(task: CompositionTask, solver: Solver) -> Feasibility:
    """Everything about one task, in an order that depends on nothing but the task. Raises `SolverRanOut`."""
    possible = Compositions(task, solver)
    sizes = possible.sizes()
    if sizes:
        return Feasibility(sizes=sizes)
    nearest = possible.nearest_sizes()
    if len(task.seated) > task.size_max:
        return Feasibility(hindrance="too_many_seated", nearest_sizes=nearest)
    if len(task.seated) + len(task.pool) < task.size_min:
        return Feasibility(hindrance="pool_too_small", nearest_sizes=nearest)
    sets = _blocking_sets(possible)
    return Feasibility(
        blocking=tuple(_explained(possible, one) for one in sets),
        repairs=_repairs(possible, sets[0]) if len(sets) == 1 else (),
        nearest_sizes=nearest,
    )


def _blocking_sets(possible: Compositions) -> list[tuple[Bound, ...]]:
    """Disjoint ones, each found among the bounds that those before it left."""
    left = [bound for bound in possible.task.bounds if possible.can_bind(bound)]
    found: list[tuple[Bound, ...]] = []
    while not possible.allow(left):
        found.append(preferred_conflict(left, possible.allow))
        left = [bound for bound in left if bound not in found[-1]]
    return found


def _explained(possible: Compositions, bounds: Sequence[Bound]) -> tuple[Blocking, ...]:
    explained = []
    for bound in bounds:
        others = [other for other in bounds if other != bound]
        reachable = possible.nearest_to(bound, others)
        assert reachable is not None, "the set is irreducible"  # noqa: S101
        explained.append(Blocking(bound, possible.available(bound), reachable))
    return tuple(explained)


def _repairs(possible: Compositions, blocking: Sequence[Bound]) -> tuple[Repair, ...]:
    """A repair must break up every blocking set, so it changes a bound of this one; where there are disjoint ones there is none."""
    bounds = possible.task.bounds
    limits = {b: possible.nearest_to(b, [other for other in bounds if other != b]) for b in blocking}
    return tuple(Repair(bound, limit) for bound, limit in limits.items() if limit is not None)
