"""Pools and tasks for composing, and what is known of the small ones by enumerating every panel: no solver, no types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import combinations
from random import Random

from beraad_membership.domain.requirements import Bound, Candidate, CompositionTask, Requirement
from beraad_membership.solver.highs import HighsSolver

SOLVER = HighsSolver()
FEATURES = {"profile": ("user", "client", "partner"), "language": ("fr", "nl"), "region": ("b", "w", "v")}


def people(count: int, prefix: str = "p", **attributes: str) -> tuple[Candidate, ...]:
    """So many who are the same in everything: `people(8, "c", profile="client")`."""
    return tuple(Candidate(f"{prefix}{number:04}", attributes) for number in range(count))


def worked_example() -> CompositionTask:
    """20 users who speak French, 8 clients who speak Dutch, twelve seats: the design's example of a conflict."""
    pool = people(20, "u", profile="user", language="fr") + people(8, "c", profile="client", language="nl")
    asked = (
        Requirement("profile", "user", 6, 8),
        Requirement("profile", "client", 2, 4),
        Requirement("language", "fr", 4, 12),
        Requirement("language", "nl", 5, 6),
    )
    return CompositionTask(12, 12, asked, pool)


def reference(times: int = 1) -> CompositionTask:
    """Flanigan et al.'s instance: 200 people and 20 seats, or `times` as many; every feature has 9 to 20 seats."""
    pool = (
        people(100 * times, "mc", gender="male", leaning="conservative")
        + people(99 * times, "fl", gender="female", leaning="liberal")
        + people(times, "fc", gender="female", leaning="conservative")
    )
    seats = (9 * times, 20 * times)
    values = {"gender": ("male", "female"), "leaning": ("conservative", "liberal")}
    asked = tuple(Requirement(name, value, *seats) for name, some in values.items() for value in some)
    return CompositionTask(20 * times, 20 * times, asked, pool)


def a_big_task(seed: int, people: int, size: int, *, slack: int, raised: int = 0) -> CompositionTask:
    """A pool drawn at random; each value is asked for by its share of it, give or take `slack`, minimums `raised` at random."""
    random = Random(seed)
    features = {**FEATURES, "age": ("1", "2", "3", "4", "5")}
    pool = tuple(
        Candidate(f"p{number:05}", {name: random.choice(some) for name, some in features.items()})
        for number in range(people)
    )
    asked = []
    for name, value in ((name, value) for name, some in features.items() for value in some):
        share = size * sum(one.attributes[name] == value for one in pool) // people
        most = share + slack + 1
        asked.append(
            Requirement(name, value, min(most, max(0, share - slack) + raised * random.randrange(2)), most)
        )
    return CompositionTask(size, size, tuple(asked), pool)


def a_skewed_task(seed: int, people: int, size: int) -> CompositionTask:
    """A pool in which some values are rarer than in the group that is asked for, as it is where people stand of themselves."""
    random = Random(seed)
    features = {"f1": "abc", "f2": "ab", "f3": "abc", "f4": "abcde", "f5": "abcd"}
    leaning = {name: [random.uniform(0.4, 1.6) for _ in some] for name, some in features.items()}
    pool = tuple(
        Candidate(
            f"p{number:05}",
            {name: random.choices(some, leaning[name])[0] for name, some in features.items()},
        )
        for number in range(people)
    )
    asked = tuple(
        Requirement(name, value, size // len(some), -(-size // len(some)))
        for name, some in features.items()
        for value in some
    )
    return CompositionTask(size, size, asked, pool)


def small_tasks(count: int, seed: int = 5) -> Iterator[CompositionTask]:
    """Random tasks with at most nine people: some feasible, most of the others with more than one cause."""
    random = Random(seed)
    for _ in range(count):
        yield a_small_task(random)


def a_small_task(random: Random) -> CompositionTask:
    """Nine people at most, some perhaps seated, attributes at times unknown."""
    features = dict(random.sample(sorted(FEATURES.items()), random.randint(1, 3)))
    everybody = [
        Candidate(
            f"p{number}",
            {name: random.choice(some) for name, some in features.items() if random.random() < 0.95},
        )
        for number in range(random.randint(1, 9))
    ]
    seated = random.choice((0, 0, 0, 1, 2))
    smallest = random.randint(1, 5)
    asked = []
    for name, value in ((name, value) for name, some in features.items() for value in some):
        if random.random() < 0.8:
            least = random.choice((0, 0, 1, 1, 2, 3))
            asked.append(Requirement(name, value, least, least + random.choice((0, 0, 1, 2, 4))))
    sizes = (smallest, smallest + random.choice((0, 0, 1, 2)))
    return CompositionTask(*sizes, tuple(asked), tuple(everybody[seated:]), tuple(everybody[:seated]))


def shuffled(task: CompositionTask, seed: int) -> CompositionTask:
    """The same, said in another order."""
    random = Random(seed)

    mixed = [tuple(random.sample(some, len(some))) for some in (task.requirements, task.pool, task.seated)]
    return CompositionTask(task.size_min, task.size_max, *mixed)  # type: ignore[arg-type]


class EveryPanel:
    """All subsets of a small pool beside the seated."""

    def __init__(self, task: CompositionTask) -> None:
        self.task = task

    @cached_property
    def panels(self) -> list[tuple[Candidate, ...]]:
        """Of any size."""
        pool, seated = self.task.pool, self.task.seated
        sizes = range(len(pool) + 1)
        return [(*seated, *drawn) for size in sizes for drawn in combinations(pool, size)]

    def keeping(self, bounds: Iterable[Bound], size_min: int, size_max: int) -> list[tuple[Candidate, ...]]:
        """Those of such a size that keep all these bounds."""
        bounds = list(bounds)
        return [
            panel
            for panel in self.panels
            if size_min <= len(panel) <= size_max and all(kept(bound, panel) for bound in bounds)
        ]

    def allow(self, bounds: Iterable[Bound]) -> bool:
        """Whether there is one of the task's sizes."""
        return bool(self.keeping(bounds, self.task.size_min, self.task.size_max))


def kept(bound: Bound, panel: Iterable[Candidate]) -> bool:
    count = sum(one.attributes.get(bound.attribute) == bound.value for one in panel)
    return count <= bound.limit if bound.side == "max" else count >= bound.limit
