"""The pool a group is composed from: who stands for it, and who of them cannot be seated whatever happens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_membership.domain.candidacies import Candidacy, ProfileIsOver
from beraad_membership.domain.conflicts import HasConflictOfInterest
from beraad_membership.domain.groups import AlreadySeated, Group
from beraad_membership.domain.requirements import Candidate, CompositionTask


@dataclass(frozen=True)
class LeftOut:
    """A candidacy that is not in the pool, and the rule that keeps it out."""

    candidacy_id: UUID
    code: str
    reason: str


@dataclass(frozen=True)
class Pool:
    """Who may be drawn for a group, and who stands and may not."""

    group: Group
    candidates: tuple[Candidacy, ...]
    left_out: tuple[LeftOut, ...]

    def task(self, size_min: int, size_max: int) -> CompositionTask:
        """Compose the group from this pool, beside those who sit in it."""
        return CompositionTask(
            size_min,
            size_max,
            self.group.policy.requirements,
            tuple(Candidate(str(one.id), one.counted_as) for one in self.candidates),
            tuple(Candidate(str(seat.id), seat.counted_as) for seat in self.group.filled),
        )


def pool_of(
    group: Group,
    standing: Iterable[Candidacy],
    conflicted: Collection[UUID],
    profiles: Mapping[UUID, Collection[str]],
) -> Pool:
    """`conflicted`: who declared a conflict of interest with the group or its theme; `profiles`: what people have today."""
    candidates, left_out = [], []
    for candidacy in standing:
        try:
            _refuse(group, candidacy, conflicted)
            if candidacy.profile not in profiles.get(candidacy.person_id, ()):
                raise ProfileIsOver
        except RuleBroken as broken:
            left_out.append(LeftOut(candidacy.id, broken.code, broken.detail))
        else:
            candidates.append(candidacy)
    return Pool(group, tuple(candidates), tuple(left_out))


def _refuse(group: Group, candidacy: Candidacy, conflicted: Collection[UUID]) -> None:
    if candidacy.person_id in conflicted:
        raise HasConflictOfInterest
    if any(seat.person_id == candidacy.person_id for seat in group.filled):
        raise AlreadySeated
    group.refuse_another_term(candidacy.person_id)
    group.expect_known(candidacy.counted_as, candidacy.person_id)
