"""Candidacies: a person stands for a seat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_membership.domain.composition import PROFILE
from beraad_membership.domain.events import (
    CandidacyEntered,
    CandidacyReleased,
    CandidacySettled,
    CandidacySubmitted,
    CandidacyWithdrawn,
)
from beraad_membership.domain.selections import Selection


class CandidacyAlreadyWithdrawn(RuleBroken):
    """The candidacy was withdrawn before."""


class AlreadyCandidate(RuleBroken):
    """This person already stands for a seat in the group."""


class ProfileIsOver(RuleBroken):
    """This person no longer has the profile under which they stand."""


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

    def entered(self, selection: Selection, chance_per_mille: int) -> CandidacyEntered:
        """The fact that it takes part in a draw, and how likely it is drawn."""
        self.revision += 1
        return CandidacyEntered(
            **self._state(),
            selection_id=selection.id,
            chance_per_mille=chance_per_mille,
            randomness=selection.randomness,
            draws_at=selection.draws_at,
        )

    def released(self, selection_id: UUID, *, group_ends: bool) -> CandidacyReleased:
        """The fact that the draw in which it took part is not held; where the group ends, no other will be."""
        self.revision += 1
        return CandidacyReleased(**self._state(), selection_id=selection_id, group_ends=group_ends)

    def settled(self, selection_id: UUID, reserve_position: int | None) -> CandidacySettled:
        """What a draw brought: a seat, or a place in the reserve (from 1)."""
        self.revision += 1
        outcome = "seated" if reserve_position is None else "reserve"
        return CandidacySettled(
            **self._state(), selection_id=selection_id, outcome=outcome, reserve_position=reserve_position
        )

    @property
    def counted_as(self) -> dict[str, str]:
        """Attribute → value, the profile among them."""
        return {**self.attributes, PROFILE: self.profile}

    def _state(self) -> dict[str, Any]:
        return {
            "candidacy_id": self.id,
            "revision": self.revision,
            "group_id": self.group_id,
            "person_id": self.person_id,
        }
