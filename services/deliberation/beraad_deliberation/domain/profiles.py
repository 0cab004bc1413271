"""How a group decides: the profile, frozen on a proposal when its first round or vote opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Ratio:
    """An exact fraction `n/d`, compared in integers only."""

    n: int
    d: int

    def is_reached(self, part: int, whole: int) -> bool:
        """At least n/d of the whole."""
        return part * self.d >= self.n * whole

    def is_exceeded(self, part: int, whole: int) -> bool:
        """More than n/d of the whole."""
        return part * self.d > self.n * whole


@dataclass(frozen=True)
class Majority:
    """What a vote needs: a share of a base, reached (`strict` false) or exceeded (`strict` true).

    `base`: "cast" = for + against, "present" = cast + abstentions, "eligible" = the electorate.
    """

    share: Ratio
    base: str = "cast"
    strict: bool = False


@dataclass(frozen=True)
class DecisionProfile:
    """The rules one decision is made by."""

    name: str
    by_vote: bool
    quorum: Ratio
    majority: Majority
    minimum_consents: int = 1
    max_rounds: int = 3
    approving_body_id: UUID | None = None

    @property
    def recommends(self) -> bool:
        """The group recommends; its approving body decides."""
        return self.approving_body_id is not None

    def for_approval_by(self, body_id: UUID | None) -> DecisionProfile:
        """The same rules in a group whose decisions that body approves."""
        return replace(self, approving_body_id=body_id)

    def to_document(self) -> dict[str, Any]:
        """As stored."""
        return {
            "name": self.name,
            "by_vote": self.by_vote,
            "quorum": [self.quorum.n, self.quorum.d],
            "majority": [
                self.majority.share.n,
                self.majority.share.d,
                self.majority.base,
                self.majority.strict,
            ],
            "minimum_consents": self.minimum_consents,
            "max_rounds": self.max_rounds,
            "approving_body_id": str(self.approving_body_id) if self.approving_body_id else None,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> DecisionProfile:
        """From what was stored."""
        n, d, base, strict = document["majority"]
        body = document["approving_body_id"]
        return cls(
            name=document["name"],
            by_vote=document["by_vote"],
            quorum=Ratio(*document["quorum"]),
            majority=Majority(Ratio(n, d), base, strict),
            minimum_consents=document["minimum_consents"],
            max_rounds=document["max_rounds"],
            approving_body_id=UUID(body) if body else None,
        )


HALF = Ratio(1, 2)
QUARTER = Ratio(1, 4)
SIMPLE = Majority(HALF, strict=True)
TWO_THIRDS = Majority(Ratio(2, 3))

PRESETS: Mapping[str, DecisionProfile] = {
    "consent": DecisionProfile("consent", by_vote=False, quorum=HALF, majority=TWO_THIRDS),
    "lazy_consensus": DecisionProfile("lazy_consensus", by_vote=False, quorum=HALF, majority=TWO_THIRDS),
    "majority": DecisionProfile("majority", by_vote=True, quorum=QUARTER, majority=SIMPLE),
    "two_thirds": DecisionProfile("two_thirds", by_vote=True, quorum=QUARTER, majority=TWO_THIRDS),
}
"""For the two that decide by consent, `majority` is what a fallback vote needs.

Silence counts as consent under no preset: it must be declared when a round opens, which is not offered yet.
"""


def preset(name: str) -> DecisionProfile:
    """The preset of that name; consent where a group names one this release does not know."""
    return PRESETS.get(name, PRESETS["consent"])
