"""What happens in membership. Each event carries the fields of its contract in `beraad.contracts.membership`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from beraad.domain import Event


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event):
    """A person is known."""

    topic: ClassVar[str] = "membership.person.registered.v1"
    person_id: UUID
    name: str
    language: str
    time_zone: str
    profiles: tuple[str, ...]
    administrator: bool


@dataclass(frozen=True, kw_only=True)
class PersonUpdated(PersonRegistered):
    """Name, language, zone or profiles changed."""

    topic: ClassVar[str] = "membership.person.updated.v1"


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """A pseudonym stands where a person stood."""

    topic: ClassVar[str] = "membership.person.erased.v1"
    person_id: UUID
    pseudonym: str


@dataclass(frozen=True, kw_only=True)
class PersonExportRequested(Event):
    """Every service says what it holds of a person."""

    topic: ClassVar[str] = "membership.person_export.requested.v1"
    export_id: UUID
    person_id: UUID


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event):
    """Private: where a person receives mail."""

    topic: ClassVar[str] = "membership.contact.changed.v1"
    person_id: UUID
    name: str
    email: str
    language: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class GroupCreated(Event):
    """A group exists."""

    topic: ClassVar[str] = "membership.group.created.v1"
    group_id: UUID
    kind: str
    name: str
    theme: str
    aim: str
    deliverables: str
    time_zone: str
    starts_on: date
    ends_on: date | None
    approving_body_id: UUID | None
    decision_id: UUID | None
    decision_profile: str


@dataclass(frozen=True, kw_only=True)
class GroupUpdated(GroupCreated):
    """Aim, mandate or defaults changed."""

    topic: ClassVar[str] = "membership.group.updated.v1"


@dataclass(frozen=True, kw_only=True)
class GroupEnded(Event):
    """The mandate is over."""

    topic: ClassVar[str] = "membership.group.ended.v1"
    group_id: UUID
    ended_on: date
    member_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    """Another composition policy is in force."""

    topic: ClassVar[str] = "membership.policy.changed.v1"
    group_id: UUID
    policy_version: int
    size_min: int
    size_max: int
    quotas: dict[str, Any]
    attribute_quotas: dict[str, Any]
    required_roles: tuple[str, ...]
    term_months: int | None
    renewals_max: int | None


@dataclass(frozen=True, kw_only=True)
class CompositionChanged(Event):
    """The group's health."""

    topic: ClassVar[str] = "membership.composition.changed.v1"
    group_id: UUID
    seats_filled: int
    seats_max: int
    complete: bool
    representative: bool
    coordinators_present: bool
    missing_roles: tuple[str, ...]
    unmet_quotas: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class SeatFilled(Event):
    """A person holds a seat."""

    topic: ClassVar[str] = "membership.seat.filled.v1"
    group_id: UUID
    seat_id: UUID
    person_id: UUID
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class SeatVacated(SeatFilled):
    """A seat is free again."""

    topic: ClassVar[str] = "membership.seat.vacated.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SeatExpiring(SeatFilled):
    """A term ends soon."""

    topic: ClassVar[str] = "membership.seat.expiring.v1"


@dataclass(frozen=True, kw_only=True)
class RoleAssigned(Event):
    """A person coordinates or accompanies the group."""

    topic: ClassVar[str] = "membership.role.assigned.v1"
    group_id: UUID
    person_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(RoleAssigned):
    """A person no longer has that role."""

    topic: ClassVar[str] = "membership.role.withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class CandidacySubmitted(Event):
    """A person stands for a seat."""

    topic: ClassVar[str] = "membership.candidacy.submitted.v1"
    candidacy_id: UUID
    group_id: UUID
    person_id: UUID


@dataclass(frozen=True, kw_only=True)
class CandidacyWithdrawn(CandidacySubmitted):
    """A person no longer stands."""

    topic: ClassVar[str] = "membership.candidacy.withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class SigningKeyPublished(Event):
    """A public key verifies access tokens."""

    topic: ClassVar[str] = "membership.signing_key.published.v1"
    key_id: UUID
    jwk: dict[str, Any]
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A session's tokens count no more."""

    topic: ClassVar[str] = "membership.session.revoked.v1"
    session_id: UUID
    person_id: UUID
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApiKeyIssued(Event):
    """An integrator's key counts."""

    topic: ClassVar[str] = "membership.api_key.issued.v1"
    key_id: UUID
    name: str
    scopes: tuple[str, ...]
    secret_hash: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(Event):
    """An integrator's key counts no more."""

    topic: ClassVar[str] = "membership.api_key.revoked.v1"
    key_id: UUID
    revoked_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignInLinkIssued(Event):
    """Private: mail this link before it expires."""

    topic: ClassVar[str] = "membership.sign_in_link.issued.v1"
    person_id: UUID
    email: str
    language: str
    link: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SelectionCommitted(Event):
    """Pool, policy and panels of a draw are frozen."""

    topic: ClassVar[str] = "membership.selection.committed.v1"
    selection_id: UUID
    group_id: UUID
    size: int
    candidates: int
    commitment_sha256: str
    randomness: str
    draws_at: datetime


@dataclass(frozen=True, kw_only=True)
class SelectionCancelled(Event):
    """Nothing comes of a selection that was asked for."""

    topic: ClassVar[str] = "membership.selection.cancelled.v1"
    selection_id: UUID
    group_id: UUID


@dataclass(frozen=True, kw_only=True)
class SelectionDrawn(Event):
    """The panel was drawn."""

    topic: ClassVar[str] = "membership.selection.drawn.v1"
    selection_id: UUID
    group_id: UUID
    commitment_sha256: str
    seed: str
    number: int
    seated: int
    reserve: int


@dataclass(frozen=True, kw_only=True)
class CandidacyEntered(CandidacySubmitted):
    """A candidacy takes part in a draw."""

    topic: ClassVar[str] = "membership.candidacy.entered.v1"
    selection_id: UUID
    chance_per_mille: int
    randomness: str
    draws_at: datetime


@dataclass(frozen=True, kw_only=True)
class CandidacyReleased(CandidacySubmitted):
    """A candidacy that took part in a draw takes part in none: it was cancelled."""

    topic: ClassVar[str] = "membership.candidacy.released.v1"
    selection_id: UUID
    group_ends: bool


@dataclass(frozen=True, kw_only=True)
class CandidacySettled(CandidacySubmitted):
    """What a draw brought a candidacy."""

    topic: ClassVar[str] = "membership.candidacy.settled.v1"
    selection_id: UUID
    outcome: str
    reserve_position: int | None
