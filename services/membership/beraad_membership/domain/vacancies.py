"""Vacancies: a seat its holder left, and who of the reserve may fill it without breaking the composition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_membership.domain.candidacies import (
    Candidacy,
    CandidacyAlreadyWithdrawn,
    ProfileIsOver,
)
from beraad_membership.domain.conflicts import HasConflictOfInterest
from beraad_membership.domain.groups import Group, Seat
from beraad_membership.domain.irreducible import preferred_conflict
from beraad_membership.domain.requirements import Bound


class NobodyFits(RuleBroken):
    """Nobody in the reserve may fill this seat: why is told of each, and which quotas stand in the way."""


class VacancyIsFilled(RuleBroken):
    """That vacancy was filled before."""


@dataclass(eq=False, kw_only=True)
class Reserve:
    """A candidacy that was not drawn, and its place in the order of the reserve, from 1."""

    candidacy_id: UUID
    group_id: UUID
    selection_id: UUID
    position: int


@dataclass(frozen=True)
class Waiting:
    """Somebody of the reserve: their candidacy as it stands, the seat they would take, and what keeps them out.

    `conflicted`: by a conflict of interest; `lapsed`: they no longer have the profile under which they stand.
    """

    position: int
    candidacy: Candidacy
    seat: Seat
    conflicted: bool
    lapsed: bool = False


@dataclass(frozen=True)
class Skipped:
    """Who of the reserve was passed over, and by which rule."""

    candidacy_id: str
    position: int
    code: str
    reason: str


@dataclass(eq=False, kw_only=True)
class Vacancy:
    """The seat `seat_id` that its holder left. `ends_on`: when its term would have ended.

    `size`: how many seats were held with it, or waited for somebody as it does.

    `skipped` and `blocking` tell how the reserve was last looked through: who was passed over and why, and where nobody fits, an
    irreducible set of quotas that keeps everybody out.
    """

    seat_id: UUID
    group_id: UUID
    size: int
    ends_on: date | None
    opened_at: datetime
    filled_by: UUID | None = None
    filled_at: datetime | None = None
    skipped: list[dict[str, Any]] = field(default_factory=list)
    blocking: list[dict[str, Any]] = field(default_factory=list)

    def fill_from(self, group: Group, reserve: Iterable[Waiting]) -> Waiting | None:
        """The first of the reserve whom policy and conflicts permit; none are passed over silently.

        The composition is kept, never relaxed: with the new seat the group is what it was with the old one, or better.
        """
        if self.filled_by is not None:
            raise VacancyIsFilled
        skipped: list[Skipped] = []
        out_by_quota: list[Seat] = []
        for waiting in reserve:
            broken = self._kept_out(group, waiting)
            if broken is None:
                self._remember(skipped, ())
                return waiting
            skipped.append(Skipped(str(waiting.candidacy.id), waiting.position, broken.code, broken.detail))
            if _by_quota(broken):
                out_by_quota.append(waiting.seat)
        self._remember(skipped, blocking_set(group, out_by_quota, self.target(group)))
        return None

    def fill(self, seat_id: UUID, at: datetime) -> None:
        """Somebody sits there now."""
        self.filled_by, self.filled_at = seat_id, at

    def target(self, group: Group) -> int:
        """How many seats the group shall have again: as many as before, and no fewer than its policy wants."""
        return min(max(self.size, group.policy.size_min), group.policy.size_max)

    def _kept_out(self, group: Group, waiting: Waiting) -> RuleBroken | None:
        if waiting.candidacy.withdrawn_at is not None:
            return CandidacyAlreadyWithdrawn()
        if waiting.conflicted:
            return HasConflictOfInterest()
        if waiting.lapsed:
            return ProfileIsOver()
        try:
            group.refuse_unfit(waiting.seat, self.target(group))
        except RuleBroken as broken:
            return broken
        return None

    def _remember(self, skipped: list[Skipped], blocking: Iterable[Bound]) -> None:
        self.skipped = [asdict(one) for one in skipped]
        self.blocking = [asdict(bound) for bound in blocking]


def _by_quota(broken: RuleBroken) -> bool:
    """Whether a quota is the reason, rather than the person, or that no seat is left."""
    return broken.code in {"QuotaExceeded", "QuotaUnreachable"}


def blocking_set(group: Group, seats: Sequence[Seat], size: int) -> tuple[Bound, ...]:
    """An irreducible set of the policy's bounds that none of these seats keeps, added to the group alone; empty without seats.

    Each seat must break a quota: what is allowed here is what `CompositionPolicy.refuse_unfit` permits, bound by bound.
    """
    if not seats:
        return ()
    bounds = sorted(bound for asked in group.policy.requirements for bound in asked.bounds)
    holds = [_held_with(group, seat, size) for seat in seats]
    return preferred_conflict(bounds, lambda some: any(held(some) for held in holds))


def _held_with(group: Group, seat: Seat, size: int) -> Callable[[Sequence[Bound]], bool]:
    """Whether bounds can still be kept once that seat is filled: the minimums of an attribute together, by the seats that are left."""
    joining = seat.counted_as
    seated = [*(held.counted_as for held in group.filled), joining]
    counts = Counter(feature for one in seated for feature in one.items())
    left = size - len(seated)

    def held(some: Sequence[Bound]) -> bool:
        owed: Counter[str] = Counter()
        for bound in some:
            there = counts[bound.attribute, bound.value]
            if bound.side == "min":
                owed[bound.attribute] += max(0, bound.limit - there)
            elif joining.get(bound.attribute) == bound.value and there > bound.limit:
                return False
        return all(seats <= left for seats in owed.values())

    return held
