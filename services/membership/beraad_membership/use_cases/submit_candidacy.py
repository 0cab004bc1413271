"""Stand for a seat, or stand no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, NotAllowed, NotFound
from beraad.identifiers import new_id
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class SubmitCandidacy:
    """The caller stands under one of their profiles."""

    group_id: UUID
    profile: str
    motivation: str
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class WithdrawCandidacy:
    """Which candidacy."""

    candidacy_id: UUID


def submit_candidacy(command: SubmitCandidacy, work: Work, now: datetime) -> Candidacy:
    """Raises `AlreadyCandidate` (by the database), `NotFound`, `InvalidRequest`."""
    work.authorize("candidacy.submit", command.group_id)
    if not work.groups.exists(command.group_id):
        raise NotFound("no such group")
    if work.actor.person_id is None:
        raise NotAllowed("only a person stands for a seat")
    person = work.people.get(work.actor.person_id)
    if command.profile not in person.profiles:
        raise InvalidRequest("stand under one of your own profiles", pointer="/profile")
    candidacy = Candidacy(
        id=command.id,
        group_id=command.group_id,
        person_id=person.id,
        profile=command.profile,
        motivation=command.motivation,
        submitted_at=now,
    )
    work.candidacies.add(candidacy)
    work.publish(candidacy.submitted())
    return candidacy


def withdraw_candidacy(command: WithdrawCandidacy, work: Work, now: datetime) -> Candidacy:
    """Raises `CandidacyAlreadyWithdrawn`, `NotFound`."""
    candidacy = work.candidacies.get(command.candidacy_id)
    work.authorize("candidacy.withdraw", candidacy.group_id, candidacy.person_id)
    work.publish(candidacy.withdraw(now))
    return candidacy
