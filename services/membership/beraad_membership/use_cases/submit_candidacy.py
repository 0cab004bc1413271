"""Stand for a seat, or stand no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, NotAllowed
from beraad.identifiers import new_id
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.selections import CandidaciesAreClosed
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.seating import counted_as


@dataclass(frozen=True, kw_only=True)
class SubmitCandidacy:
    """The caller stands under one of their profiles; `attributes`: what else the policy counts them as."""

    group_id: UUID
    profile: str
    motivation: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    consented_to: str | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class WithdrawCandidacy:
    """Which candidacy."""

    candidacy_id: UUID


def submit_candidacy(command: SubmitCandidacy, work: Work, now: datetime) -> Candidacy:
    """Raises `AlreadyCandidate` (by the database), `GroupHasEnded`, `CandidaciesAreClosed`, `AttributeUnknown`, `NotFound`, `InvalidRequest`."""
    work.authorize("candidacy.submit", command.group_id)
    group = work.groups.known(command.group_id)
    group.refuse_ended(group.day(now))
    if work.selections.under_way(group.id):
        raise CandidaciesAreClosed
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
        attributes=counted_as(person, command.attributes),
        consented_to=command.consented_to,
    )
    group.expect_known(candidacy.attributes, person.id)
    work.candidacies.add(candidacy)
    work.publish(candidacy.submitted())
    return candidacy


def withdraw_candidacy(command: WithdrawCandidacy, work: Work, now: datetime) -> Candidacy:
    """The group is held first, so that a draw sees it or comes after. Raises `CandidacyAlreadyWithdrawn`, `NotFound`."""
    work.groups.known(work.candidacies.group_of(command.candidacy_id))
    candidacy = work.candidacies.get(command.candidacy_id)
    work.authorize("candidacy.withdraw", candidacy.group_id, candidacy.person_id)
    work.publish(candidacy.withdraw(now))
    return candidacy
