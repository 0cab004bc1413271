"""The result of a poll as it stands, from what people said there and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.availability import Asked, Said
from beraad_meetings.domain.poll_results import Basis, SlotResult, results_of, unanswered
from beraad_meetings.domain.polls import BOOKED, Poll
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class PollResult:
    """Who was asked, what they said by slot and person, what follows for each slot, and who has not answered."""

    basis: Basis
    said: Mapping[UUID, Mapping[UUID, Said]]
    slots: list[SlotResult]
    unanswered: list[Asked]


def poll_result(poll: Poll, work: Work, now: datetime) -> PollResult:
    """A fixed number of statements. Of a poll that was booked, as it was then; one that may be booked, as things are now."""
    kept = work.polls.basis_of(poll) if poll.state == BOOKED else None
    basis = kept or _basis(poll, work)
    said = work.polls.said(poll, [person.person_id for person in basis.asked])
    then = poll.closed_at if poll.state == BOOKED and poll.closed_at else now
    slots = results_of(poll, basis, said, then)
    return PollResult(basis, said, slots, unanswered(basis.asked, said, len(poll.slots)))


def _basis(poll: Poll, work: Work) -> Basis:
    asked = work.polls.asked(poll.group_id)
    people = [person.person_id for person in asked]
    by_span = {poll.span_of(slot): slot.id for slot in poll.slots}
    without = [poll.meeting_id] if poll.meeting_id else []
    taken: dict[UUID, set[UUID]] = {}
    for conflict in work.bookings.conflicts(dict.fromkeys(by_span, people), without):
        taken.setdefault(by_span[conflict.span], set()).add(conflict.person_id)
    return Basis(asked, taken)
