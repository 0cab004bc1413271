"""Date polls: which of several slots suits the group; open → booked, closed or expired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from beraad.domain import YES, Decision, Event, NotFound, RuleBroken, no
from beraad_meetings.domain.double_booking import Span
from beraad_meetings.domain.events import PollAnswered, PollClosed, PollOpened, PollReminderDue
from beraad_meetings.domain.meetings import MOST_NAMED

OPEN, BOOKED, CLOSED, EXPIRED = "open", "booked", "closed", "expired"
MOST_SLOTS = 50


class PollIsClosed(RuleBroken):
    """The poll takes no answers any more."""


class PollIsBooked(RuleBroken):
    """A meeting was booked from this poll already."""


class SlotIsExcluded(RuleBroken):
    """The slot is excluded, for the reasons named: choose another, or say why it must be this one."""


class NoSlotIsLeft(RuleBroken):
    """Every slot is excluded: choose one and say why, or close the poll."""


PERMITTED: Mapping[str, frozenset[str]] = {
    "poll.answer": frozenset({OPEN}),
    "poll.close": frozenset({OPEN}),
    "poll.book": frozenset({OPEN, CLOSED, EXPIRED}),
}
"""In which states what may be done. A poll whose time is over may still be booked: its answers stand."""


def permitted(action: str, state: str) -> Decision:
    """Whether a poll in that state lets this be done."""
    if state in PERMITTED[action]:
        return YES
    rule = _refusal(state)
    return no(rule.__name__, str(rule()))


def _refusal(state: str) -> type[RuleBroken]:
    return PollIsBooked if state == BOOKED else PollIsClosed


@dataclass(eq=False, kw_only=True)
class PollSlot:
    """One of the times that are proposed."""

    id: UUID
    poll_id: UUID
    starts_at: datetime
    local_time_warning: str = ""


@dataclass(eq=False, kw_only=True)
class Poll:
    """The meeting that is to be, and when it could be. All slots last equally long; they are ordered by their start.

    `quorum_percent`: how many of a hundred seat holders must be able to come; rounded up.
    """

    id: UUID
    group_id: UUID
    title: str
    kind: str
    place: str
    online_link: str
    duration_minutes: int
    time_zone: str
    closes_at: datetime
    remind_at: datetime | None
    quorum_percent: int
    opened_at: datetime
    opened_by: UUID | None
    state: str = OPEN
    closed_at: datetime | None = None
    meeting_id: UUID | None = None
    booked_despite: str | None = None
    booked_by: UUID | None = None
    revision: int = 0
    slots: list[PollSlot] = field(default_factory=list)

    def span_of(self, slot: PollSlot) -> Span:
        """From its start, as long as the meeting takes."""
        return Span(slot.starts_at, slot.starts_at + timedelta(minutes=self.duration_minutes))

    def slot(self, slot_id: UUID) -> PollSlot:
        """Raises `NotFound`."""
        found = next((slot for slot in self.slots if slot.id == slot_id), None)
        if found is None:
            raise NotFound("the poll has no such slot")
        return found

    def quorum(self, seats: int) -> int:
        """How many of that many seat holders must be able to come: half of eleven is six."""
        return -(-seats * self.quorum_percent // 100)

    def opened(self) -> PollOpened:
        """The fact that the group is asked."""
        starts = tuple(slot.starts_at for slot in self.slots)
        return PollOpened(**self._facts(), slot_starts=starts)

    def answer(self, person_id: UUID, answers: Mapping[UUID, str], at: datetime) -> PollAnswered:
        """Somebody said when they can come, in place of what they said before. Raises `PollIsClosed`, `PollIsBooked`, `NotFound`."""
        self.refuse("poll.answer")
        if at >= self.closes_at:
            raise PollIsClosed
        for slot_id in answers:
            self.slot(slot_id)
        told = tuple({"slot_id": str(slot_id), "answer": answer} for slot_id, answer in answers.items())
        return PollAnswered(
            revision=self._next(), poll_id=self.id, group_id=self.group_id, person_id=person_id, answers=told
        )

    def remind(self, unanswered: Sequence[UUID], at: datetime) -> list[Event]:
        """Say, once, who has not answered: at most a hundred in an event. Nothing where its time is over."""
        self.remind_at = None
        if at >= self.closes_at:
            return []
        parts = [tuple(unanswered[at : at + MOST_NAMED]) for at in range(0, len(unanswered), MOST_NAMED)]
        return [PollReminderDue(**self._facts(), unanswered_ids=part) for part in parts]

    def close(self, state: str, at: datetime) -> PollClosed:
        """Without a meeting: by a coordinator (`closed`) or by time (`expired`). Raises `PollIsClosed`, `PollIsBooked`."""
        self.refuse("poll.close")
        return self._closed(state, None, at)

    def book(
        self, slot: PollSlot, meeting_id: UUID, despite: str | None, at: datetime, *, by: UUID | None
    ) -> PollClosed:
        """With this slot; `despite`: what who books it says of why, where it is excluded. Raises `PollIsBooked`."""
        self.refuse("poll.book")
        self.meeting_id, self.booked_despite, self.booked_by = meeting_id, despite, by
        return self._closed(BOOKED, slot, at)

    def refuse(self, action: str) -> None:
        """Raise the rule that forbids the action in this state."""
        if self.state not in PERMITTED[action]:
            raise _refusal(self.state)

    def _closed(self, state: str, slot: PollSlot | None, at: datetime) -> PollClosed:
        self.state, self.closed_at, self.remind_at = state, at, None
        starts_at = slot.starts_at if slot else None
        return PollClosed(
            **self._facts(), outcome=state, meeting_id=self.meeting_id, starts_at=starts_at, closed_at=at
        )

    def _next(self) -> int:
        self.revision += 1
        return self.revision

    def _facts(self) -> dict[str, Any]:
        names = "group_id title kind place online_link duration_minutes time_zone closes_at"
        return {
            "poll_id": self.id,
            "revision": self._next(),
            **{name: getattr(self, name) for name in names.split()},
        }
