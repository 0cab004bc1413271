"""The annex of a proposal that constitutes groups: what each of them shall be.

Checked when it is written, because membership acts on it when the decision takes effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest

Quotas = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class ComposedOf:
    """A composition policy. `quotas`: profile → (least, most) seats; `attribute_quotas`: the same for other attributes."""

    size_min: int = 1
    size_max: int = 10_000
    quotas: Quotas = field(default_factory=dict)
    attribute_quotas: Mapping[str, Quotas] = field(default_factory=dict)
    required_roles: tuple[str, ...] = ()
    term_months: int | None = None
    renewals_max: int | None = None

    def refuse_contradiction(self, pointer: str) -> None:
        """Raise `InvalidRequest` where no group could satisfy it."""
        if not 1 <= self.size_min <= self.size_max:
            raise InvalidRequest("size_min is at least 1 and at most size_max", pointer=f"{pointer}/size_min")
        if "profile" in self.attribute_quotas:
            raise InvalidRequest(
                "quotas of profiles stand in quotas", pointer=f"{pointer}/attribute_quotas/profile"
            )
        self._refuse_quotas(self.quotas, f"{pointer}/quotas")
        for attribute, quotas in self.attribute_quotas.items():
            self._refuse_quotas(quotas, f"{pointer}/attribute_quotas/{attribute}")

    def _refuse_quotas(self, quotas: Quotas, pointer: str) -> None:
        for value, (least, most) in quotas.items():
            if not 0 <= least <= most:
                raise InvalidRequest(f"{value}: min > max", pointer=f"{pointer}/{value}")
        if sum(least for least, _ in quotas.values()) > self.size_max:
            raise InvalidRequest("the minimums need more seats than there are", pointer=pointer)

    def to_document(self) -> dict[str, Any]:
        """As published."""
        others = {attribute: _to_document(quotas) for attribute, quotas in self.attribute_quotas.items()}
        told = {"quotas": _to_document(self.quotas), "attribute_quotas": others}
        return {**vars(self), **told, "required_roles": list(self.required_roles)}


def _to_document(quotas: Quotas) -> dict[str, Any]:
    return {value: {"min": least, "max": most} for value, (least, most) in quotas.items()}


@dataclass(frozen=True, kw_only=True)
class GroupToConstitute:
    """A group the decision creates, with its mandate `[starts_on, ends_on)`."""

    name: str
    starts_on: date
    ends_on: date | None = None
    theme: str = ""
    aim: str = ""
    deliverables: str = ""
    approving_body_id: UUID | None = None
    decision_profile: str = "consent"
    policy: ComposedOf = field(default_factory=ComposedOf)

    def to_document(self) -> dict[str, Any]:
        """As stored and published (see the contract of `deliberation.decision.in_force.v1`)."""
        return {
            **vars(self),
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "approving_body_id": str(self.approving_body_id) if self.approving_body_id else None,
            "policy": self.policy.to_document(),
        }


def annex_of(groups: Sequence[GroupToConstitute]) -> list[dict[str, Any]]:
    """The checked annex. Raises `InvalidRequest`: names are unique, terms end after they start."""
    names: set[str] = set()
    for index, group in enumerate(groups):
        if group.name in names:
            raise InvalidRequest(f"two groups are named {group.name}", pointer=f"/groups/{index}/name")
        names.add(group.name)
        if group.ends_on is not None and group.ends_on <= group.starts_on:
            raise InvalidRequest("a mandate ends after it starts", pointer=f"/groups/{index}/ends_on")
        group.policy.refuse_contradiction(f"/groups/{index}/policy")
    return [group.to_document() for group in groups]
