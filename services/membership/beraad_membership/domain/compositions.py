"""The compositions a task's pool allows under some of its bounds: how many of each kind of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from beraad_membership.domain.requirements import Bound, CompositionTask
from beraad_membership.domain.solving import Program, Row, Solver

Composition = tuple[int, ...]
"""How many of each `CompositionTask.alike`."""


@dataclass(frozen=True)
class Compositions:
    """Answers questions about the compositions of one task."""

    task: CompositionTask
    solver: Solver

    def sizes(self) -> tuple[int, ...]:
        """All sizes within the task's that can be filled with every bound kept."""
        lowest = self._best(self.task.size_min, self.task.size_max, larger=False)
        highest = lowest and self._best(self.task.size_min, self.task.size_max, larger=True)
        if lowest is None or highest is None:
            return ()
        found = [self.size_of(lowest)]
        filled: Composition | None = lowest
        for size in range(found[0] + 1, self.size_of(highest) + 1):
            filled = (filled and self._with_one_more(filled)) or self.find(self.task.bounds, size, size)
            if filled is not None:
                found.append(size)
        return tuple(found)

    def nearest_sizes(self) -> tuple[int, ...]:
        """The largest size below the task's and the smallest above, as far as there are any, that every bound allows."""
        smaller = self._best(1, self.task.size_min - 1, larger=True)
        larger = self._best(self.task.size_max + 1, self._everybody, larger=False)
        return tuple(self.size_of(one) for one in (smaller, larger) if one is not None)

    def allow(self, bounds: Collection[Bound]) -> bool:
        """Some composition of the task's sizes keeps these bounds, whatever becomes of the others."""
        return self.find(bounds, self.task.size_min, self.task.size_max) is not None

    def nearest_to(self, bound: Bound, others: Collection[Bound]) -> int | None:
        """The most of what a minimum asks for, or the fewest of what a maximum allows, keeping `others`; None where they cannot be kept."""
        index = self._index[bound.attribute, bound.value]
        sign = 1 if bound.side == "min" else -1
        wanted = tuple(sign * (index in one.counts_for) for one in self.task.alike)
        found = self.find(others, self.task.size_min, self.task.size_max, wanted)
        return None if found is None else self.counted(found)[index]

    def available(self, bound: Bound) -> int:
        """How many count for it, seated or in the pool."""
        return self.task.available_for[self._index[bound.attribute, bound.value]]

    def can_bind(self, bound: Bound) -> bool:
        """Whether any choice from the pool could break it."""
        if bound.side == "max":
            return bound.limit < min(self.available(bound), self.task.size_max)
        return bound.limit > self.task.seated_for[self._index[bound.attribute, bound.value]]

    def find(
        self, bounds: Collection[Bound], size_min: int, size_max: int, maximize: tuple[float, ...] = ()
    ) -> Composition | None:
        """One that keeps these bounds, of a size within these; the best by `maximize`. None where there is none."""
        rows = self.rows(bounds, size_min, size_max)
        if any(row.low > row.high or (not row.over and not row.low <= 0 <= row.high) for row in rows):
            return None
        wanted = maximize or (0,) * len(self.task.alike)
        return self.solver.whole(Program(self.people, rows, wanted)) if self.people else ()

    @cached_property
    def bound_rows(self) -> tuple[Row, ...]:
        """Of the whole task."""
        return self.rows(self.task.bounds, self.task.size_min, self.task.size_max)

    def rows(self, bounds: Collection[Bound], size_min: int, size_max: int) -> tuple[Row, ...]:
        """Size and bounds, less the seated."""
        seated, everybody = len(self.task.seated), self._everybody
        rows = [Row(size_min - seated, min(size_max, everybody) - seated, tuple(range(len(self.task.alike))))]
        for index, over in enumerate(self.over):
            asked = self.task.requirements[index]
            upper, lower = asked.bounds
            there = self.task.seated_for[index]
            low = asked.min if lower in bounds and asked.min > there else there
            high = asked.max if upper in bounds else max(everybody, there)
            if low > there or high < self.task.available_for[index]:
                rows.append(Row(low - there, high - there, over))
        return tuple(rows)

    def best(self, worth: tuple[float, ...]) -> Composition:
        """Of those that keep every bound of a feasible task, one that is worth the most."""
        found = self.find(self.task.bounds, self.task.size_min, self.task.size_max, worth)
        assert found is not None, "the task is feasible"  # noqa: S101
        return found

    def size_of(self, composition: Composition) -> int:
        """With the seated."""
        return sum(composition) + len(self.task.seated)

    def counted(self, composition: Composition) -> tuple[int, ...]:
        """How many count for each requirement, with the seated."""
        counts = list(self.task.seated_for)
        for some, one in zip(composition, self.task.alike, strict=True):
            for index in one.counts_for:
                counts[index] += some
        return tuple(counts)

    @cached_property
    def people(self) -> tuple[int, ...]:
        """How many there are of each kind."""
        return tuple(len(one.ids) for one in self.task.alike)

    @cached_property
    def _index(self) -> dict[tuple[str, str], int]:
        return {(asked.attribute, asked.value): n for n, asked in enumerate(self.task.requirements)}

    @cached_property
    def over(self) -> tuple[tuple[int, ...], ...]:
        """Which kinds of people count for each requirement."""
        kinds = tuple(enumerate(self.task.alike))
        asked = range(len(self.task.requirements))
        return tuple(tuple(n for n, one in kinds if index in one.counts_for) for index in asked)

    @property
    def _everybody(self) -> int:
        return len(self.task.pool) + len(self.task.seated)

    def _best(self, size_min: int, size_max: int, *, larger: bool) -> Composition | None:
        wanted = (1 if larger else -1,) * len(self.task.alike)
        return self.find(self.task.bounds, size_min, size_max, wanted)

    def _with_one_more(self, composition: Composition) -> Composition | None:
        """The same and one person more, where some kind has one left and no maximum is reached. Minimums stay kept."""
        counts = self.counted(composition)
        full = {n for n, asked in enumerate(self.task.requirements) if counts[n] >= asked.max}
        for n, one in enumerate(self.task.alike):
            if composition[n] < len(one.ids) and full.isdisjoint(one.counts_for):
                return (*composition[:n], composition[n] + 1, *composition[n + 1 :])
        return None
