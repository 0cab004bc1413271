"""Composition: what a group's policy asks for, and how a group stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from beraad.domain import InvalidRequest, RuleBroken


class GroupIsFull(RuleBroken):
    """Every seat of the group is taken."""


class QuotaExceeded(RuleBroken):
    """The policy's seats for this profile are all taken."""


class QuotaUnreachable(RuleBroken):
    """With this seat filled, too few would be left for the profiles that must be represented."""


@dataclass(frozen=True)
class Quota:
    """At least `min` and at most `max` seats of one profile."""

    min: int
    max: int


@dataclass(frozen=True)
class Health:
    """A group measured against its policy. `representative`: no quota is missed or exceeded."""

    seats_filled: int
    seats_max: int
    complete: bool
    representative: bool
    missing_roles: tuple[str, ...]
    filled_by_profile: Mapping[str, int]

    @property
    def coordinators_present(self) -> bool:
        """Everyone the policy requires to coordinate is there."""
        return not self.missing_roles


@dataclass(frozen=True)
class CompositionPolicy:
    """Size, seats per profile, and the coordinators a group cannot work without.

    Raises `InvalidRequest` where it contradicts itself: no group could satisfy it.
    """

    size_min: int = 1
    size_max: int = 10_000
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    required_roles: tuple[str, ...] = ()
    term_months: int | None = None
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse what no group could satisfy."""
        if not 1 <= self.size_min <= self.size_max:
            raise InvalidRequest("size_min is at least 1 and at most size_max", pointer="/size_min")
        for profile, quota in self.quotas.items():
            if not 0 <= quota.min <= quota.max:
                raise InvalidRequest(f"the quota of {profile} has min > max", pointer=f"/quotas/{profile}")
        if sum(quota.min for quota in self.quotas.values()) > self.size_max:
            raise InvalidRequest("the quotas' minimums need more seats than there are", pointer="/quotas")

    def refuse_unfit(self, filled: Iterable[str], joining: str) -> None:
        """Raise the rule that keeps one more seat of profile `joining` from being filled."""
        counts = Counter(filled)
        taken = sum(counts.values())
        if taken >= self.size_max:
            raise GroupIsFull(f"{taken} of {self.size_max} seats are taken", seats_max=self.size_max)
        quota = self.quotas.get(joining)
        if quota is not None and counts[joining] >= quota.max:
            raise QuotaExceeded(
                f"{counts[joining]} of {quota.max} seats for {joining} are taken", profile=joining
            )
        counts[joining] += 1
        self._refuse_unreachable(counts, taken + 1)

    def _refuse_unreachable(self, counts: Counter[str], taken: int) -> None:
        owed = {p: q.min - counts[p] for p, q in self.quotas.items() if q.min > counts[p]}
        if sum(owed.values()) > self.size_max - taken:
            still = ", ".join(f"{n} {profile}" for profile, n in sorted(owed.items()))
            raise QuotaUnreachable(
                f"{self.size_max - taken} seats would be left, still owed: {still}", owed=owed
            )

    def health(self, filled: Iterable[str], roles: Iterable[str]) -> Health:
        """How a group with these seats (by profile) and roles stands."""
        counts = Counter(filled)
        taken = sum(counts.values())
        fits = all(quota.min <= counts[profile] <= quota.max for profile, quota in self.quotas.items())
        return Health(
            seats_filled=taken,
            seats_max=self.size_max,
            complete=taken >= self.size_min,
            representative=fits,
            missing_roles=tuple(sorted(set(self.required_roles).difference(roles))),
            filled_by_profile=dict(sorted(counts.items())),
        )

    def to_document(self) -> dict[str, Any]:
        """As stored and published."""
        return {
            "size_min": self.size_min,
            "size_max": self.size_max,
            "quotas": {profile: {"min": q.min, "max": q.max} for profile, q in sorted(self.quotas.items())},
            "required_roles": list(self.required_roles),
            "term_months": self.term_months,
            "version": self.version,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> CompositionPolicy:
        """From what was stored, or came in a request or a decision's annex."""
        return cls(
            size_min=document.get("size_min", 1),
            size_max=document.get("size_max", 10_000),
            quotas={profile: Quota(q["min"], q["max"]) for profile, q in document.get("quotas", {}).items()},
            required_roles=tuple(document.get("required_roles", ())),
            term_months=document.get("term_months"),
            version=document.get("version", 1),
        )
