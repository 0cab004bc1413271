"""The facts notifications publishes; contracts in `beraad.contracts.notifications`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from beraad.domain import Event


@dataclass(frozen=True, kw_only=True)
class DeliveryAccepted(Event):
    """A mail server took the message over."""

    topic: ClassVar[str] = "notifications.delivery.accepted.v1"
    delivery_id: UUID
    person_id: UUID
    kind: str
    event_id: UUID
    accepted_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(Event):
    """The message was refused for good, or its time was over."""

    topic: ClassVar[str] = "notifications.delivery.failed.v1"
    delivery_id: UUID
    person_id: UUID
    kind: str
    event_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class AddressSuppressed(Event):
    """Mail to this person is held back."""

    topic: ClassVar[str] = "notifications.address.suppressed.v1"
    person_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class AddressLifted(Event):
    """Mail to this person is held back no more."""

    topic: ClassVar[str] = "notifications.address.lifted.v1"
    person_id: UUID


@dataclass(frozen=True, kw_only=True)
class PreferenceChanged(Event):
    """A person chose how often they want mail of a kind, or something else about their mail."""

    topic: ClassVar[str] = "notifications.preference.changed.v1"
    person_id: UUID
    kind: str
    frequency: str
    group_id: UUID | None = None
    group_frequency: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReplyGiven(Event):
    """Somebody answered an invitation by the link in a mail."""

    topic: ClassVar[str] = "notifications.reply.given.v1"
    reply_id: UUID
    person_id: UUID
    meeting_id: UUID | None
    series_id: UUID | None
    answer: str
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class PersonExportAnswered(Event):
    """Private: what is held here of a person."""

    topic: ClassVar[str] = "notifications.person_export.answered.v1"
    export_id: UUID
    person_id: UUID
    part: int
    parts: int
    content: dict[str, Any]
