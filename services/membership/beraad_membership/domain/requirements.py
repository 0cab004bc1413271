"""What a group's composition is asked for: seats per value of any attribute, and who is there to fill them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from beraad.domain import InvalidRequest


@dataclass(frozen=True, order=True)
class Requirement:
    """At least `min` and at most `max` seats for people whose `attribute` is `value`.

    Raises `InvalidRequest` where min is below 0 or above max.
    """

    attribute: str
    value: str
    min: int
    max: int

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if not 0 <= self.min <= self.max:
            raise InvalidRequest(
                f"{self.attribute} {self.value} needs 0 ≤ min ≤ max", pointer="/requirements"
            )

    @property
    def bounds(self) -> tuple[Bound, Bound]:
        """Its two sides."""
        return (
            Bound(self.attribute, self.value, "max", self.max),
            Bound(self.attribute, self.value, "min", self.min),
        )


@dataclass(frozen=True, order=True)
class Bound:
    """One side of a requirement, such as client ≤ 4 or nl ≥ 5."""

    attribute: str
    value: str
    side: Literal["max", "min"]
    limit: int

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.value} {'≤' if self.side == 'max' else '≥'} {self.limit}"


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be seated, or is; a value for each attribute that is known."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Alike:
    """People of the pool whom no requirement tells apart: `counts_for` are the requirements they count for."""

    counts_for: tuple[int, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True)
class CompositionTask:
    """Compose a group of `size_min` to `size_max` seats from `pool`, beside those who are `seated` in any case.

    The order in which requirements and people are given means nothing. Raises `InvalidRequest` where the sizes contradict each
    other, a value is required twice, or somebody is named twice.
    """

    size_min: int
    size_max: int
    requirements: tuple[Requirement, ...]
    pool: tuple[Candidate, ...]
    seated: tuple[Candidate, ...] = ()

    def __post_init__(self) -> None:
        """Put in order what has none, and refuse what is there twice."""
        if not 1 <= self.size_min <= self.size_max:
            raise InvalidRequest("size_min is at least 1 and at most size_max", pointer="/size_min")
        _refuse_twice((f"{one.attribute} {one.value}" for one in self.requirements), "/requirements")
        _refuse_twice((one.id for one in (*self.pool, *self.seated)), "/pool")
        object.__setattr__(self, "requirements", tuple(sorted(self.requirements)))
        object.__setattr__(self, "pool", tuple(sorted(self.pool, key=_id)))
        object.__setattr__(self, "seated", tuple(sorted(self.seated, key=_id)))

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """Both sides of every requirement, in their order."""
        return tuple(sorted(bound for one in self.requirements for bound in one.bounds))

    @cached_property
    def alike(self) -> tuple[Alike, ...]:
        """The pool, parted into people who are alike, in an order that depends on nothing but the task."""
        parted: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for one in self.pool:
            parted[self._counts_for(one)].append(one.id)
        return tuple(Alike(counts_for, tuple(ids)) for counts_for, ids in sorted(parted.items()))

    @cached_property
    def seated_for(self) -> tuple[int, ...]:
        """How many of the seated count for each requirement."""
        return self._count(self.seated)

    @cached_property
    def available_for(self) -> tuple[int, ...]:
        """How many count for each requirement, seated or in the pool."""
        return self._count((*self.seated, *self.pool))

    def _count(self, people: Iterable[Candidate]) -> tuple[int, ...]:
        counted = Counter(index for one in people for index in self._counts_for(one))
        return tuple(counted[index] for index in range(len(self.requirements)))

    def _counts_for(self, one: Candidate) -> tuple[int, ...]:
        of = one.attributes
        return tuple(
            index for index, asked in enumerate(self.requirements) if of.get(asked.attribute) == asked.value
        )


def _id(one: Candidate) -> str:
    return one.id


def _refuse_twice(names: Iterable[str], pointer: str) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise InvalidRequest(f"named twice: {', '.join(twice[:5])}", pointer=pointer)
