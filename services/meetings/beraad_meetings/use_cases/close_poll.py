"""Close a poll without a meeting: by a coordinator, or because its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.polls import CLOSED, EXPIRED, Poll
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class ClosePoll:
    """Which."""

    poll_id: UUID


@dataclass(frozen=True)
class ExpirePoll:
    """Of polls whose time is over, one, if there is such a poll."""


def close_poll(command: ClosePoll, work: Work, now: datetime) -> Poll:
    """Raises `PollIsClosed`, `PollIsBooked`, `NotFound`."""
    poll = work.polls.get(command.poll_id)
    work.authorize("poll.close", poll.group_id)
    poll.refuse("poll.close")
    settle(poll, work, now)
    work.publish(poll.close(CLOSED, now))
    return poll


def expire_poll(_command: ExpirePoll, work: Work, now: datetime) -> bool:
    """True if there was one; the coordinators choose then. Due work: once per poll, however many workers."""
    poll = work.polls.to_close(now)
    if poll is None:
        return False
    settle(poll, work, now)
    work.publish(poll.close(EXPIRED, now))
    return True


def settle(poll: Poll, work: Work, now: datetime) -> None:
    """Keep what was known of people from elsewhere as their answers: what they say later of that time is not about this poll."""
    people = [person.person_id for person in work.polls.asked(poll.group_id)]
    work.polls.settle(poll, work.polls.said(poll, people), now)
