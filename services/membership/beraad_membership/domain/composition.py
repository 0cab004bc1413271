"""Composition: what a group's policy asks for, and how a group stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from beraad.domain import InvalidRequest, RuleBroken
from beraad_membership.domain.requirements import Requirement

PROFILE = "profile"
"""The attribute every seat has; a policy may ask for others (language, region…) besides."""
Attributes = Mapping[str, str]
"""What a seat is counted as: attribute → value."""


class GroupIsFull(RuleBroken):
    """Every seat of the group is taken."""


class QuotaExceeded(RuleBroken):
    """The policy's seats for this profile (or other attribute) are all taken."""


class QuotaUnreachable(RuleBroken):
    """With this seat filled, too few would be left for those who must be represented."""


@dataclass(frozen=True)
class Quota:
    """At least `min` and at most `max` seats of those with one value of an attribute."""

    min: int
    max: int

    def __contains__(self, seats: int) -> bool:
        """Whether that many are neither too few nor too many."""
        return self.min <= seats <= self.max


@dataclass(frozen=True)
class QuotaFilled:
    """One quota of a policy, and how many seats are filled by those it is about."""

    attribute: str
    value: str
    min: int
    max: int
    filled: int

    @property
    def met(self) -> bool:
        """Neither too few nor too many."""
        return self.filled in Quota(self.min, self.max)


@dataclass(frozen=True)
class Health:
    """A group measured against its policy. `representative`: no quota is missed or exceeded."""

    seats_filled: int
    seats_max: int
    complete: bool
    representative: bool
    missing_roles: tuple[str, ...]
    filled_by_profile: Mapping[str, int]
    quotas: tuple[QuotaFilled, ...] = ()

    @property
    def coordinators_present(self) -> bool:
        """Everyone the policy requires to coordinate is there."""
        return not self.missing_roles

    @property
    def unmet(self) -> tuple[QuotaFilled, ...]:
        """The quotas that are missed or exceeded."""
        return tuple(quota for quota in self.quotas if not quota.met)


@dataclass(frozen=True)
class CompositionPolicy:
    """Size, seats per profile and other attributes, coordinators a group cannot work without, and how long people sit.

    `quotas`: profile → quota; `attribute_quotas`: the same for other attributes. `term_months`: how long a term lasts where
    none is named. `renewals_max`: how many terms may follow somebody's first; null: any number. Raises `InvalidRequest` where
    it contradicts itself: no group could satisfy it.
    """

    size_min: int = 1
    size_max: int = 10_000
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    attribute_quotas: Mapping[str, Mapping[str, Quota]] = field(default_factory=dict)
    required_roles: tuple[str, ...] = ()
    term_months: int | None = None
    renewals_max: int | None = None
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse what no group could satisfy."""
        if not 1 <= self.size_min <= self.size_max:
            raise InvalidRequest("size_min is at least 1 and at most size_max", pointer="/size_min")
        if PROFILE in self.attribute_quotas:
            raise InvalidRequest("quotas of profiles stand in quotas", pointer="/attribute_quotas/profile")
        for attribute, quotas in self._by_attribute():
            pointer = "/quotas" if attribute == PROFILE else f"/attribute_quotas/{attribute}"
            for value, quota in quotas.items():
                if not 0 <= quota.min <= quota.max:
                    raise InvalidRequest(f"the quota of {value} has min > max", pointer=f"{pointer}/{value}")
            if sum(quota.min for quota in quotas.values()) > self.size_max:
                raise InvalidRequest("the quotas' minimums need more seats than there are", pointer=pointer)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Its quotas, each one by itself."""
        return tuple(
            Requirement(attribute, value, quota.min, quota.max)
            for attribute, quotas in self._by_attribute()
            for value, quota in quotas.items()
        )

    @property
    def attributes(self) -> tuple[str, ...]:
        """What must be known of whoever takes a seat, besides the profile."""
        return tuple(sorted(self.attribute_quotas))

    def refuse_unfit(
        self, filled: Iterable[Attributes], joining: Attributes, size: int | None = None
    ) -> None:
        """Raise the rule that keeps one more seat, counted as `joining`, from being filled.

        The group must still be able to become what the policy asks for, whoever else may join. `size`: how many seats it will have
        then; the most it may have, where nothing is said.
        """
        seated, most = list(filled), self.size_max if size is None else size
        if len(seated) >= most:
            raise GroupIsFull(f"{len(seated)} of {most} seats are taken", seats_max=most)
        for attribute, quotas in self._by_attribute():
            counts = _counted(seated, attribute)
            value = joining.get(attribute, "")
            quota = quotas.get(value)
            if quota is not None and counts[value] >= quota.max:
                told = f"{counts[value]} of {quota.max} seats for {value} are taken"
                which = (
                    {"profile": value} if attribute == PROFILE else {"attribute": attribute, "value": value}
                )
                raise QuotaExceeded(told, **which)
            counts[value] += 1
            _refuse_unreachable(quotas, counts, most - len(seated) - 1)

    def health(self, filled: Iterable[Attributes], roles: Iterable[str]) -> Health:
        """How a group with these seats and roles stands."""
        seated = list(filled)
        quotas = tuple(self._filled(seated))
        return Health(
            seats_filled=len(seated),
            seats_max=self.size_max,
            complete=len(seated) >= self.size_min,
            representative=all(quota.met for quota in quotas),
            missing_roles=tuple(sorted(set(self.required_roles).difference(roles))),
            filled_by_profile=dict(sorted(_counted(seated, PROFILE).items())),
            quotas=quotas,
        )

    def _filled(self, seated: list[Attributes]) -> Iterator[QuotaFilled]:
        for attribute, quotas in self._by_attribute():
            counts = _counted(seated, attribute)
            for value, quota in sorted(quotas.items()):
                yield QuotaFilled(attribute, value, quota.min, quota.max, counts[value])

    def _by_attribute(self) -> Iterator[tuple[str, Mapping[str, Quota]]]:
        """Profiles first."""
        yield PROFILE, self.quotas
        yield from sorted(self.attribute_quotas.items())

    def to_document(self) -> dict[str, Any]:
        """As stored and published."""
        return {
            "size_min": self.size_min,
            "size_max": self.size_max,
            "quotas": _to_document(self.quotas),
            "attribute_quotas": {
                attribute: _to_document(quotas) for attribute, quotas in sorted(self.attribute_quotas.items())
            },
            "required_roles": list(self.required_roles),
            "term_months": self.term_months,
            "renewals_max": self.renewals_max,
            "version": self.version,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any], where: str = "") -> CompositionPolicy:
        """From what was stored, or came in a request or a decision's annex; `where` it stands there, for `InvalidRequest`."""
        try:
            return cls._from(document)
        except InvalidRequest as refused:
            refused.pointer = where + refused.pointer
            raise

    @classmethod
    def _from(cls, document: Mapping[str, Any]) -> CompositionPolicy:
        others = document.get("attribute_quotas", {})
        return cls(
            size_min=document.get("size_min", 1),
            size_max=document.get("size_max", 10_000),
            quotas=_from_document(document.get("quotas", {})),
            attribute_quotas={attribute: _from_document(quotas) for attribute, quotas in others.items()},
            required_roles=tuple(document.get("required_roles", ())),
            term_months=document.get("term_months"),
            renewals_max=document.get("renewals_max"),
            version=document.get("version", 1),
        )


def _refuse_unreachable(quotas: Mapping[str, Quota], counts: Counter[str], left: int) -> None:
    owed = {value: quota.min - counts[value] for value, quota in quotas.items() if quota.min > counts[value]}
    if sum(owed.values()) > left:
        still = ", ".join(f"{n} {value}" for value, n in sorted(owed.items()))
        raise QuotaUnreachable(f"{left} seats would be left, still owed: {still}", owed=owed)


def _counted(seated: Iterable[Attributes], attribute: str) -> Counter[str]:
    return Counter(seat.get(attribute, "") for seat in seated)


def _to_document(quotas: Mapping[str, Quota]) -> dict[str, dict[str, int]]:
    return {value: {"min": quota.min, "max": quota.max} for value, quota in sorted(quotas.items())}


def _from_document(quotas: Mapping[str, Any]) -> dict[str, Quota]:
    return {value: Quota(quota["min"], quota["max"]) for value, quota in quotas.items()}
