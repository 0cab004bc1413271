"""Remind those who have not answered a poll that it closes soon. Due work: once per poll, however many workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_meetings.use_cases.poll_result import poll_result
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class RemindOfPoll:
    """Of one poll whose reminder is due, if there is such a poll."""


def remind_of_poll(_command: RemindOfPoll, work: Work, now: datetime) -> bool:
    """True if there was one."""
    poll = work.polls.to_remind(now)
    if poll is None:
        return False
    missing = sorted(person.person_id for person in poll_result(poll, work, now).unanswered)
    work.publish(*poll.remind(missing, now))
    return True
