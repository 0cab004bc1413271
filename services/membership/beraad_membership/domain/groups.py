"""Groups: their mandate, seats and roles. Every change returns the events it caused, each one revision."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, date, datetime, timedelta
from typing import Any, NewType
from uuid import UUID

from beraad.domain import Event, InvalidRequest, NotFound, RuleBroken, expect_revision
from beraad_membership.domain.composition import PROFILE, Attributes, CompositionPolicy, Health
from beraad_membership.domain.events import (
    CompositionChanged,
    GroupCreated,
    GroupEnded,
    GroupUpdated,
    PolicyChanged,
    RoleAssigned,
    RoleWithdrawn,
    SeatExpiring,
    SeatFilled,
    SeatVacated,
)
from beraad_membership.domain.profiles import day_in

GroupId = NewType("GroupId", UUID)
TERM_ENDED = "term_ended"
MOST_NAMED = 100
"""An event names at most this many people."""
NO_SEAT_ROLES = frozenset({"observer", "expert", "guest"})


class AlreadySeated(RuleBroken):
    """This person already holds a seat in the group."""


class GroupHasEnded(RuleBroken):
    """The group's mandate is over."""


class SeatIsVacant(RuleBroken):
    """That seat was vacated before."""


class TermOutsideMandate(RuleBroken):
    """A term lies within the group's mandate."""


class RenewalLimitReached(RuleBroken):
    """The policy does not let this person's term be renewed again."""


class AttributeUnknown(RuleBroken):
    """The policy has quotas for an attribute, and nothing is known of it for this person."""


@dataclass(eq=False, kw_only=True)
class Seat:
    """One person's seat for the term `[starts_on, ends_on)`, counted under one profile.

    `attributes`: what it is counted as besides, as the policy asked when it was filled. `warned_on`: when the end was announced.
    """

    id: UUID
    group_id: UUID
    person_id: UUID
    profile: str
    starts_on: date
    ends_on: date | None
    vacated_on: date | None = None
    vacated_reason: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    warned_on: date | None = None

    @property
    def counted_as(self) -> Attributes:
        """Attribute → value, the profile among them."""
        return {**self.attributes, PROFILE: self.profile}

    def __post_init__(self) -> None:
        """Refuse a term that ends before it starts."""
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            raise InvalidRequest("a term ends after it starts", pointer="/ends_on")

    def ends_with(self, mandate_ends_on: date | None) -> date | None:
        """When the seat ends: with its term, or with the mandate where that comes first."""
        return min((day for day in (self.ends_on, mandate_ends_on) if day is not None), default=None)


@dataclass(eq=False, kw_only=True)
class Role:
    """A person's role in the group: facilitator, board link, secretary, observer, expert, guest."""

    group_id: UUID
    person_id: UUID
    role: str


@dataclass(eq=False, kw_only=True)
class Group:
    """A General Assembly, a Board or a working group, with its mandate `[starts_on, ends_on)`."""

    id: UUID
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
    policy: CompositionPolicy
    ended_on: date | None = None
    revision: int = 0
    seats: list[Seat] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse a mandate that ends before it starts."""
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            raise InvalidRequest("a mandate ends after it starts", pointer="/ends_on")

    def created(self) -> list[Event]:
        """The facts that the group exists, under which policy, and that its seats are empty."""
        return [
            GroupCreated(revision=self._next(), **self._state()),
            self._policy_event(),
            self._composition(),
        ]

    def update(self, changes: dict[str, Any], expected_revision: int | None) -> list[Event]:
        """Change aim, mandate or defaults. Raises `Stale`, `InvalidRequest`."""
        expect_revision(self.revision, expected_revision)
        for name, value in changes.items():
            setattr(self, name, value)
        self.__post_init__()
        return [GroupUpdated(revision=self._next(), **self._state())]

    def change_policy(self, policy: CompositionPolicy, expected_revision: int | None) -> list[Event]:
        """Put another policy in force. Seats already filled stay; the group's health tells what is off."""
        expect_revision(self.revision, expected_revision)
        self.policy = replace(policy, version=self.policy.version + 1)
        return [self._policy_event(), self._composition()]

    def appoint(self, seats: Sequence[Seat], size: int | None = None) -> list[Event]:
        """Fill seats, all or none; `size`: how many the group will have in the end, the most it may have otherwise.

        Raises `GroupIsFull`, `QuotaExceeded`, `QuotaUnreachable`, `AlreadySeated`, `TermOutsideMandate`, `RenewalLimitReached`,
        `AttributeUnknown`, `GroupHasEnded`.
        """
        self.refuse_ended()
        events: list[Event] = []
        for seat in seats:
            self.refuse_unfit(seat, size)
            self.seats.append(seat)
            events.append(SeatFilled(revision=self._next(), **_term(seat)))
        return [*events, self._composition()] if events else []

    def vacate(self, seat_id: UUID, reason: str, on: date) -> list[Event]:
        """Free a seat. The person's coordinating roles end with it. Raises `NotFound`, `SeatIsVacant`."""
        seat = next((seat for seat in self.seats if seat.id == seat_id), None)
        if seat is None:
            raise NotFound("no such seat in this group")
        if seat.vacated_on is not None:
            raise SeatIsVacant
        seat.vacated_on, seat.vacated_reason = on, reason
        events: list[Event] = [SeatVacated(revision=self._next(), reason=reason, **_term(seat))]
        for role in [r for r in self.roles if r.person_id == seat.person_id and r.role not in NO_SEAT_ROLES]:
            self.roles.remove(role)
            events.append(RoleWithdrawn(revision=self._next(), **_role(role)))
        return [*events, self._composition()]

    def warn(self, today: date, days: int) -> list[Event]:
        """Announce, once, each term that ends within that many days."""
        soon = today + timedelta(days=days)
        told: list[Event] = []
        for seat in self.filled:
            ends_on = seat.ends_with(self.ends_on)
            if seat.warned_on is None and ends_on is not None and ends_on <= soon:
                seat.warned_on = today
                told.append(SeatExpiring(revision=self._next(), **{**_term(seat), "ends_on": ends_on}))
        return told

    def term_from(self, starts_on: date) -> date | None:
        """When a term that starts then ends where nothing else is said: by the policy, at the latest with the mandate."""
        months = self.policy.term_months
        ends = [self.ends_on, months_after(starts_on, months) if months else None]
        return min((day for day in ends if day is not None), default=None)

    def assign_role(self, person_id: UUID, role: str) -> list[Event]:
        """Give a person a role; nothing happens where they have it. Raises `GroupHasEnded`."""
        self.refuse_ended()
        if any(r.person_id == person_id and r.role == role for r in self.roles):
            return []
        assigned = Role(group_id=self.id, person_id=person_id, role=role)
        self.roles.append(assigned)
        return [RoleAssigned(revision=self._next(), **_role(assigned)), self._composition()]

    def withdraw_role(self, person_id: UUID, role: str) -> list[Event]:
        """Take a role back. Raises `NotFound`."""
        held = next((r for r in self.roles if r.person_id == person_id and r.role == role), None)
        if held is None:
            raise NotFound("this person has no such role in the group")
        self.roles.remove(held)
        return [RoleWithdrawn(revision=self._next(), **_role(held)), self._composition()]

    def end(self, on: date) -> list[Event]:
        """End the mandate, on its last day where that is before, and with it every term and role. Raises `GroupHasEnded`.

        The end comes first, several times where more than a hundred held a seat: who hears of a seat that was left knows by then that nobody is wanted for it.
        """
        self.refuse_ended()
        self.ended_on = on = min(on, self.ends_on or on)
        members = [seat.person_id for seat in self.filled]
        parts = [tuple(members[at : at + MOST_NAMED]) for at in range(0, len(members), MOST_NAMED)]
        told = [
            GroupEnded(group_id=self.id, revision=self._next(), ended_on=on, member_ids=part)
            for part in parts or [()]
        ]
        return [*told, *self.empty(on)]

    def empty(self, on: date) -> list[Event]:
        """Every seat is left and every role taken back: the mandate is over."""
        events: list[Event] = []
        for seat in self.filled:
            events += self.vacate(seat.id, TERM_ENDED, on)
        for role in list(self.roles):
            events += self.withdraw_role(role.person_id, role.role)
        return events

    def mandate_is_over(self, today: date) -> bool:
        """Whether its last day has come, and nobody has ended it yet."""
        return self.ended_on is None and self.ends_on is not None and self.ends_on <= today

    @property
    def filled(self) -> list[Seat]:
        """The seats that are held."""
        return [seat for seat in self.seats if seat.vacated_on is None]

    def health(self) -> Health:
        """The group measured against its policy."""
        return self.policy.health(
            [seat.counted_as for seat in self.filled], [role.role for role in self.roles]
        )

    def refuse_ended(self, today: date | None = None) -> None:
        """Raise `GroupHasEnded`: it was ended, or `today` is past the mandate's last day."""
        if self.ended_on is not None:
            raise GroupHasEnded
        if today is not None and self.ends_on is not None and self.ends_on <= today:
            raise GroupHasEnded(f"the mandate ended on {self.ends_on}", ends_on=self.ends_on)

    def day(self, now: datetime) -> date:
        """Which day it is where the group is."""
        return day_in(self.time_zone, now)

    def expect_known(self, attributes: Attributes, person_id: UUID) -> None:
        """Raise `AttributeUnknown` where the policy asks for something of which nothing is told."""
        unknown = [name for name in self.policy.attributes if not attributes.get(name)]
        if unknown:
            raise AttributeUnknown(
                f"nothing is known of: {', '.join(unknown)}", person_id=person_id, attributes=unknown
            )

    def refuse_another_term(self, person_id: UUID) -> None:
        """Raise `RenewalLimitReached` where the policy permits no more terms of that person."""
        limit = self.policy.renewals_max
        ended = sum(seat.person_id == person_id and seat.vacated_reason == TERM_ENDED for seat in self.seats)
        if limit is not None and ended > limit:
            raise RenewalLimitReached(
                f"{ended} terms have ended, {limit} renewals are permitted", person_id=person_id
            )

    def refuse_unfit(self, seat: Seat, size: int | None = None) -> None:
        """Raise what keeps that seat from being filled; `size`: how many seats the group will have then."""
        if any(held.person_id == seat.person_id for held in self.filled):
            raise AlreadySeated(person_id=seat.person_id)
        if seat.starts_on < self.starts_on or (
            self.ends_on and (seat.ends_on or self.ends_on) > self.ends_on
        ):
            raise TermOutsideMandate(f"the mandate runs from {self.starts_on} to {self.ends_on}")
        self.refuse_another_term(seat.person_id)
        self.expect_known(seat.attributes, seat.person_id)
        self.policy.refuse_unfit([held.counted_as for held in self.filled], seat.counted_as, size)

    # -- rules and facts --------------------------------------------------------------------------------------

    def _next(self) -> int:
        self.revision += 1
        return self.revision

    def _policy_event(self) -> PolicyChanged:
        document = self.policy.to_document()
        return PolicyChanged(
            group_id=self.id,
            revision=self._next(),
            policy_version=self.policy.version,
            size_min=self.policy.size_min,
            size_max=self.policy.size_max,
            quotas=document["quotas"],
            attribute_quotas=document["attribute_quotas"],
            required_roles=self.policy.required_roles,
            term_months=self.policy.term_months,
            renewals_max=self.policy.renewals_max,
        )

    def _composition(self) -> CompositionChanged:
        health = self.health()
        return CompositionChanged(
            group_id=self.id,
            revision=self._next(),
            seats_filled=health.seats_filled,
            seats_max=health.seats_max,
            complete=health.complete,
            representative=health.representative,
            coordinators_present=health.coordinators_present,
            missing_roles=health.missing_roles,
            unmet_quotas=tuple(vars(quota) for quota in health.unmet),
        )

    def _state(self) -> dict[str, Any]:
        names = "kind name theme aim deliverables time_zone starts_on ends_on approving_body_id decision_id decision_profile"
        return {"group_id": self.id, **{name: getattr(self, name) for name in names.split()}}


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last where it has no such day; at the latest the last day there is."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _term(seat: Seat) -> dict[str, Any]:
    names = "group_id person_id starts_on ends_on"
    return {"seat_id": seat.id, **{name: getattr(seat, name) for name in names.split()}}


def _role(role: Role) -> dict[str, Any]:
    return {"group_id": role.group_id, "person_id": role.person_id, "role": role.role}
