"""Spread seats over many panels as evenly as whole numbers allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add

from beraad_membership.domain.compositions import Composition, Compositions
from beraad_membership.domain.solving import UNBOUNDED, Program, Row


@dataclass(frozen=True)
class Share:
    """What is left to give to people who count for one thing: `total` seats over `panels`, give or take `loose`."""

    total: int
    panels: int
    loose: int

    @property
    def least(self) -> int:
        """Of the next panel, so that all that remain can be even."""
        return (self.total + self.loose) // self.panels

    @property
    def most(self) -> int:
        """Of the next panel, the same."""
        return -((self.loose - self.total) // self.panels)

    def lasts(self, seats: int) -> int:
        """How many panels may give so many seats before the rest can no longer be even; at least 1."""
        if self.least == self.most or not self.least <= seats <= self.most:
            return self.panels if self.least == seats == self.most else 1
        over = self.total - self.least * self.panels
        return max(1, over if seats == self.most else self.panels - over)


def spread(
    possible: Compositions, totals: Sequence[int], panels: int, *, loose: int = 0, forced: bool = False
) -> Iterator[tuple[Composition, int]]:
    """Compositions, and for how many of the panels each is: `totals` are the seats of each kind of people in all panels together.

    Each composition keeps all bounds, and gives every kind and every requirement its average rounded up or down. Where that is always
    possible, the totals come out exactly, with few different compositions: each settles a kind or a requirement for good (the integer
    form of Carathéodory's theorem). Where it is not, it ends early, or goes on with the next best, one panel at a time, if `forced`.
    `loose` forgives totals that come of floats.
    """
    rest, left = list(totals), panels
    while left > 2 * loose:
        shares = [Share(total, left, loose) for total in (*rest, *_required(possible, rest))]
        composition = _even(possible, shares) or (_nearly_even(possible, shares) if forced else None)
        if composition is None:
            return
        seats = (*composition, *_required(possible, composition))
        times = min(left, *(share.lasts(some) for share, some in zip(shares, seats, strict=True)))
        yield composition, times
        rest = [total - times * some for total, some in zip(rest, composition, strict=True)]
        left -= times


def _required(possible: Compositions, seats: Sequence[int]) -> list[int]:
    """The same seats, summed for each requirement."""
    return [sum(seats[kind] for kind in kinds) for kinds in possible.over]


def _even(possible: Compositions, shares: Sequence[Share]) -> Composition | None:
    """With no seat outside: every kind has its least or one more, rather one more where more of it is due."""
    kinds, required = shares[: len(possible.people)], shares[len(possible.people) :]
    least = [share.least for share in kinds]
    rows = [
        *possible.bound_rows,
        *(Row(s.least, s.most, o) for s, o in zip(required, possible.over, strict=True)),
    ]
    beyond = tuple(
        Row(row.low - there, row.high - there, row.over)
        for row in rows
        for there in (sum(least[kind] for kind in row.over),)
    )
    room = tuple(share.most - share.least for share in kinds)
    due = tuple((share.total - share.least * share.panels) / share.panels for share in kinds)
    found = possible.solver.whole(Program(room, beyond, due)) if min(least) >= 0 else None
    return found and tuple(map(add, found, least))


def _nearly_even(possible: Compositions, shares: Sequence[Share]) -> Composition:
    """With as few seats outside as can be."""
    rows, people = list(possible.bound_rows), possible.people
    over = [(kind,) for kind in range(len(people))] + list(possible.over)
    for number, (kinds, share) in enumerate(zip(over, shares, strict=True)):
        missing = len(people) + 2 * number
        weights = (1,) * len(kinds) + (1, -1)
        rows.append(Row(share.least, share.most, (*kinds, missing, missing + 1), weights))
    strays = 2 * len(shares)
    wanted = (0,) * len(people) + (-1,) * strays
    found = possible.solver.whole(Program((*people, *(UNBOUNDED,) * strays), tuple(rows), wanted))
    assert found is not None, "the task is feasible"  # noqa: S101
    return found[: len(people)]
