"""What the use cases need from storage, and what they hand to whoever sends mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from beraad.domain import Actor, Event
from beraad_notifications.domain.catalogue import Kind
from beraad_notifications.domain.channels import Channel
from beraad_notifications.domain.deliveries import Claim, Outcome
from beraad_notifications.domain.digests import Collected, Waiting
from beraad_notifications.domain.mail_domains import MailDomain
from beraad_notifications.domain.recipients import Recipient
from beraad_notifications.domain.replying import Invited
from beraad_notifications.domain.steps import Step


@dataclass(frozen=True)
class Notice:
    """An event to tell: `told` is its body as published (JSON)."""

    event_id: UUID
    kind_name: str
    told: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where a person receives mail, and how they read dates and words."""

    person_id: UUID
    revision: int
    name: str
    email: str
    language: str
    time_zone: str
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything that is needed to write and send one mail, without looking anything up."""

    claim: Claim
    name: str
    language: str
    time_zone: str
    event_type: str
    told: dict[str, Any]
    group_id: UUID | None
    group_name: str
    group_time_zone: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A delivery that came to its end in a digest; `revision` counts that."""

    delivery_id: UUID
    revision: int
    person_id: UUID
    kind_name: str
    event_id: UUID


class Notices(Protocol):
    """Events to tell."""

    def add(self, notice: Notice, kind: Kind, group_id: UUID | None, at: datetime) -> None:
        """Remember it, once."""

    def ready(self, limit: int, at: datetime, roster_complete_at: datetime | None) -> list[Notice]:
        """Lock those whose audience can be known now."""

    def mark_spread(self, spread: Iterable[UUID], at: datetime) -> None:
        """Their deliveries are queued."""

    def forget_told(self, told: Iterable[UUID]) -> None:
        """Keep nothing of what they told."""

    def forget_person(self, person_id: UUID, pseudonym: str) -> None:
        """Keep nothing of what was told about that person or in their words."""


class Deliveries(Protocol):
    """One mail to one person about one event, each."""

    def queue(self, notice: Notice, kind: Kind, at: datetime) -> int:
        """One for everyone the notice is for."""

    def claim(self, limit: int, at: datetime, *, for_trial: bool = False) -> list[Letter]:
        """Lease what is due; for a trial what nobody doubts first."""

    def still_held(self, claims: Sequence[Claim], *, lock: bool = False) -> dict[UUID, Claim]:
        """Those of them that are still to be sent, with what is known of their recipients now; `lock`: until the transaction ends."""

    def end_leases(self, at: datetime) -> None:
        """Whatever is being sent is due at that time."""

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Record what became of them, which are locked."""

    def people_with_digests(self, limit: int, now: datetime) -> list[UUID]:
        """Whose digest is due, by domain time."""

    def collected(self, person_id: UUID, limit: int, now: datetime) -> list[Collected]:
        """What that person's digest has to tell, oldest first."""

    def any_waiting(self, person_id: UUID) -> bool:
        """Whether something waits for that person's digest or the end of their quiet hours."""

    def waiting(self, person_id: UUID) -> list[Waiting]:
        """What waits for that person's next digests."""

    def bring_forward(self, these: Sequence[UUID], due_at: datetime) -> None:
        """They are told at that time (domain time)."""

    def wake(self, person_id: UUID, reason: str, at: datetime) -> None:
        """What waits for that reason is due at that (real) time."""

    def put_into(self, digest: UUID, these: Sequence[UUID]) -> None:
        """They are told in that digest, and share its fate."""

    def drop(self, these: Sequence[UUID], reason: str, at: datetime) -> None:
        """They are not told after all."""

    def settle_told_in(self, digest: UUID, outcome: Outcome) -> list[Told]:
        """What was told in that digest has come to the same end."""

    def address_known(self, person_id: UUID, at: datetime) -> None:
        """What waited for the address is due now."""

    def drop_all_for(self, person_id: UUID, reason: str, at: datetime) -> None:
        """Send nothing of what is open for this person."""

    def forget_reasons(self, person_id: UUID, instead: str) -> None:
        """Of why this person's mails were not sent keep that word: a mail server names the address."""


class Steps(Protocol):
    """What a delivery's row forgets of its way. Times are real time, but for that of a digest."""

    def add(self, steps: Sequence[Step]) -> None:
        """Write them down."""

    def looked_at_again(self, person_id: UUID, at: datetime) -> None:
        """Say so of what quiet hours hold back for that person."""

    def brought_forward(self, these: Sequence[UUID], due_at: datetime, at: datetime) -> None:
        """Say so of these: their digest is due at that (domain) time now."""

    def address_known(self, person_id: UUID, at: datetime) -> None:
        """Say so of what waited for it."""

    def forget_person(self, person_id: UUID) -> None:
        """Keep nothing."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a channel fares. Times are real time."""

    paused: bool
    due: int
    oldest_due_at: datetime | None
    suppressed: int


class Channels(Protocol):
    """The ways out, and what waits while one is paused."""

    def get(self, name: str) -> Channel:
        """Lock and return."""

    def is_open(self, name: str) -> bool:
        """Whether everything goes out; nobody pauses it before this transaction ends."""

    def put(self, channel: Channel) -> None:
        """Store it."""

    def anybody_sends(self, at: datetime) -> bool:
        """Whether some worker holds deliveries."""

    def prolong(self, at: datetime, *, only_over: bool = False) -> None:
        """What waits (and would be given up by then) is tried from then on, as long as any other mail."""

    def doubt_alike(self) -> None:
        """What waits of the same events as a doubted delivery is doubted, too."""

    def doubt_none(self) -> None:
        """Of what waits nothing is doubted."""

    def forget(self, person_id: UUID) -> None:
        """Keep nothing of what was said about a mail to that person."""


class MailDomains(Protocol):
    """How much goes to which domain."""

    def get(self, domain: str, at: datetime) -> MailDomain:
        """Lock and return."""

    def put(self, domain: MailDomain) -> None:
        """Store it."""

    def forget_idle(self, at: datetime) -> None:
        """What nobody counts by any more."""


class Contacts(Protocol):
    """Where people receive mail."""

    def put(self, contact: Contact) -> bool:
        """Remember it unless a newer one is known. True if nothing was known before."""

    def erase(self, person_id: UUID, revision: int) -> None:
        """Forget the address for good."""

    def reachable(self, person_id: UUID) -> bool:
        """Whether their address is known, and they are not erased."""

    def address(self, person_id: UUID) -> str | None:
        """Where they receive mail; None where nobody told, or they are erased."""

    def time_zone(self, person_id: UUID) -> str:
        """By whose clock they live."""

    def erased(self, people: Iterable[UUID]) -> set[UUID]:
        """Those of them who were erased."""


class Recipients(Protocol):
    """What people chose."""

    def get(self, person_id: UUID) -> Recipient:
        """Lock and return."""

    def put(self, recipient: Recipient) -> None:
        """Store what changed."""

    def suppressed_elsewhere(self, person_id: UUID) -> bool:
        """Whether the address that is suppressed is one they have no more."""

    def unknown_groups(self, groups: Iterable[UUID]) -> list[UUID]:
        """Those of them that nobody told of."""

    def forget(self, person_id: UUID) -> None:
        """Keep nothing."""


@dataclass(frozen=True)
class KnownMeeting:
    """A meeting as meetings last told it."""

    title: str
    group_name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str


class KnownMeetings(Protocol):
    """The meetings that invitations are about."""

    def coming(self, invited: Invited, now: datetime) -> list[KnownMeeting]:
        """What the link can still answer, earliest first."""


class Work(Protocol):
    """One transaction of notifications."""

    actor: Actor
    known_meetings: KnownMeetings
    notices: Notices
    deliveries: Deliveries
    steps: Steps
    channels: Channels
    mail_domains: MailDomains
    contacts: Contacts
    recipients: Recipients

    def publish(self, *events: Event) -> None:
        """Write events to the outbox."""

    def is_administrator(self, person_id: UUID) -> bool:
        """Whether that person administers the organisation."""

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` or `NotFound` unless the policy allows the actor."""
