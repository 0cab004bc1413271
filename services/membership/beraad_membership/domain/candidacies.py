"""Candidacies: a person stands for a seat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_membership.domain.events import CandidacySubmitted, CandidacyWithdrawn


class CandidacyAlreadyWithdrawn(RuleBroken):
    """The candidacy was withdrawn before."""


class AlreadyCandidate(RuleBroken):
    """This person already stands for a seat in the group."""


@dataclass(eq=False, kw_only=True)
class Candidacy:
    """Who stands, under which profile, and why. The motivation stays in membership.

    `attributes`: what else they would be counted as, as the policy asks. `consented_to`: the version of the conditions they agreed
    to, where there are any.
    """

    id: UUID
    group_id: UUID
    person_id: UUID
    profile: str
    motivation: str
    submitted_at: datetime
    withdrawn_at: datetime | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    consented_to: str | None = None
    revision: int = 1

    def submitted(self) -> CandidacySubmitted:
        """The fact that this person stands."""
        return CandidacySubmitted(**self._state())

    def withdraw(self, at: datetime) -> CandidacyWithdrawn:
        """Stand no more. Raises `CandidacyAlreadyWithdrawn`."""
        if self.withdrawn_at is not None:
            raise CandidacyAlreadyWithdrawn
        self.withdrawn_at = at
        self.revision += 1
        return CandidacyWithdrawn(**self._state())

    def forget(self) -> None:
        """Of who stood, nothing but that somebody did."""
        self.motivation, self.attributes = "", {}

    def _state(self) -> dict[str, Any]:
        return {
            "candidacy_id": self.id,
            "revision": self.revision,
            "group_id": self.group_id,
            "person_id": self.person_id,
        }
