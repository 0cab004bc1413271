"""What a poll says: of each slot who can come, why it is out of the question if it is, and which are left in what order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.availability import AVAILABLE, IF_NEED_BE, UNAVAILABLE, Asked, Said
from beraad_meetings.domain.polls import Poll, PollSlot

SLOT_IS_PAST, COORDINATOR_CANNOT = "SlotIsPast", "CoordinatorCannot"
PROFILE_MISSING, QUORUM_MISSING, DOUBLE_BOOKING = (
    "ProfileNotRepresented",
    "QuorumNotReachable",
    "DoubleBooking",
)
MOST_TOLD = 20


@dataclass(frozen=True)
class Basis:
    """Who is asked, by name, and who of them is in another meeting during which slot."""

    asked: Sequence[Asked]
    taken: Mapping[UUID, Collection[UUID]]


@dataclass(frozen=True)
class Exclusion:
    """Why a slot is out of the question, with the people or profiles that it is about."""

    code: str
    reason: str
    people: tuple[Asked, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SlotResult:
    """Of one slot: what each person said, why it is excluded, and its rank among those that are left (from 1)."""

    slot: PollSlot
    said: Mapping[UUID, Said]
    exclusions: tuple[Exclusion, ...] = ()
    rank: int | None = None

    def count(self, answer: str) -> int:
        """How many gave it."""
        return sum(said.answer == answer for said in self.said.values())

    @property
    def available(self) -> int:
        """How many can come, if need be included."""
        return self.count(AVAILABLE) + self.count(IF_NEED_BE)

    @property
    def order(self) -> tuple[int, int, datetime]:
        """Most available, then most plain yes, then the earliest."""
        return -self.available, -self.count(AVAILABLE), self.slot.starts_at

    def can_come(self, person_id: UUID) -> bool:
        """Whether that person said yes or if need be."""
        return person_id in self.said and self.said[person_id].answer != UNAVAILABLE


def results_of(
    poll: Poll, basis: Basis, said: Mapping[UUID, Mapping[UUID, Said]], now: datetime
) -> list[SlotResult]:
    """By start. `said` is by slot and person."""
    found = [SlotResult(slot=slot, said=said.get(slot.id, {})) for slot in poll.slots]
    judged = [replace(one, exclusions=tuple(_exclusions(one, poll, basis, now))) for one in found]
    left = sorted((one for one in judged if not one.exclusions), key=lambda one: one.order)
    ranks = {one.slot.id: rank for rank, one in enumerate(left, start=1)}
    return [replace(one, rank=ranks.get(one.slot.id)) for one in judged]


def unanswered(asked: Iterable[Asked], said: Mapping[UUID, Mapping[UUID, Said]], slots: int) -> list[Asked]:
    """Those who gave no answer in the poll and whose availability does not answer all of it."""
    answered: dict[UUID, list[Said]] = {}
    for by_person in said.values():
        for person_id, one in by_person.items():
            answered.setdefault(person_id, []).append(one)
    return [person for person in asked if not has_answered(answered.get(person.person_id, ()), slots)]


def has_answered(said: Collection[Said], slots: int) -> bool:
    """Whether this is an answer to a poll of so many slots: given in it, or known of every slot."""
    return len(said) == slots or any(one.source == "poll" for one in said)


def _exclusions(result: SlotResult, poll: Poll, basis: Basis, now: datetime) -> Iterator[Exclusion]:
    taken = basis.taken.get(result.slot.id, ())
    seated = [person for person in basis.asked if person.seated]
    if result.slot.starts_at <= now:
        yield Exclusion(SLOT_IS_PAST, "it has begun already")
    cannot = [p for p in basis.asked if p.coordinator and _said_no(result, p)]
    if cannot:
        yield Exclusion(COORDINATOR_CANNOT, f"{_names(cannot)} cannot come, and coordinates", tuple(cannot))
    come = [person for person in seated if result.can_come(person.person_id)]
    if missing := sorted(_profiles(seated) - _profiles(come)):
        yield Exclusion(
            PROFILE_MISSING, f"nobody who can come is {', '.join(missing)}", profiles=tuple(missing)
        )
    if len(come) < (needed := poll.quorum(len(seated))):
        reason = f"{len(come)} of {len(seated)} seat holders can come, the quorum is {needed}"
        yield Exclusion(QUORUM_MISSING, reason)
    if elsewhere := [person for person in basis.asked if person.person_id in taken]:
        yield Exclusion(
            DOUBLE_BOOKING, f"{_names(elsewhere)} would be in two meetings at once", tuple(elsewhere)
        )


def _said_no(result: SlotResult, person: Asked) -> bool:
    return person.person_id in result.said and not result.can_come(person.person_id)


def _profiles(people: Iterable[Asked]) -> set[str]:
    return {profile for person in people for profile in person.profiles}


def _names(people: Sequence[Asked]) -> str:
    told = ", ".join(person.name for person in people[:MOST_TOLD])
    return told if len(people) <= MOST_TOLD else f"{told} and {len(people) - MOST_TOLD} others"
