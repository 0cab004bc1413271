"""Book a slot of a poll: it closes, and the meeting is scheduled with its invitations, in one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.poll_results import SLOT_IS_PAST, SlotResult
from beraad_meetings.domain.polls import NoSlotIsLeft, Poll, SlotIsExcluded
from beraad_meetings.use_cases.poll_result import poll_result
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.schedule_meeting import ScheduleMeeting, schedule_meeting


@dataclass(frozen=True)
class BookPoll:
    """`slot_id`: the first-ranked if none. `despite_exclusion`: why an excluded slot is taken all the same."""

    poll_id: UUID
    slot_id: UUID | None = None
    despite_exclusion: str | None = None


def book_poll(command: BookPoll, work: Work, now: datetime) -> Poll:
    """The poll is locked: of two who book one succeeds. A slot that is past cannot be booked, whatever the reason.

    Raises `SlotIsExcluded`, `NoSlotIsLeft`, `PollIsBooked`, `DoubleBooking`, `GroupHasEnded`, `NotFound`.
    """
    poll = work.polls.get(command.poll_id)
    work.authorize("poll.book", poll.group_id, poll.kind)
    poll.refuse("poll.book")
    result = poll_result(poll, work, now)
    chosen = _chosen(poll, result.slots, command)
    despite = command.despite_exclusion if chosen.exclusions else None
    names = "group_id title kind duration_minutes time_zone place online_link"
    planned = ScheduleMeeting(
        **{name: getattr(poll, name) for name in names.split()},
        starts_at=chosen.slot.starts_at,
        despite_conflicts=despite,
    )
    meeting = schedule_meeting(planned, work, now)
    work.polls.settle(poll, result.said, now)
    work.polls.keep_basis(poll, result.basis)
    work.publish(poll.book(chosen.slot, meeting.id, despite, now, by=work.actor.person_id))
    return poll


def _chosen(poll: Poll, results: Sequence[SlotResult], command: BookPoll) -> SlotResult:
    if command.slot_id is None:
        first = next((one for one in results if one.rank == 1), None)
        if first is None:
            raise NoSlotIsLeft
        return first
    wanted = poll.slot(command.slot_id)
    chosen = next(one for one in results if one.slot is wanted)
    codes = [exclusion.code for exclusion in chosen.exclusions]
    if codes and (command.despite_exclusion is None or SLOT_IS_PAST in codes):
        told = [{"code": one.code, "reason": one.reason} for one in chosen.exclusions]
        raise SlotIsExcluded("; ".join(one["reason"] for one in told), reasons=told)
    return chosen
