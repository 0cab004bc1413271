"""Say which slots of a poll suit oneself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.polls import Poll
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class AnswerPoll:
    """`answers`: yes, if_need_be or no by slot. Slots that are not named follow one's availability."""

    poll_id: UUID
    answers: Mapping[UUID, str]


def answer_poll(command: AnswerPoll, work: Work, now: datetime) -> Poll:
    """All together replace what one answered before, until the poll closes.

    Raises `PollIsClosed`, `PollIsBooked`, `NotFound`.
    """
    poll = work.polls.get(command.poll_id)
    me = work.actor.person_id
    is_asked = me is not None and any(one.person_id == me for one in work.polls.asked(poll.group_id))
    work.authorize("poll.answer", poll.group_id, is_asked)
    event = poll.answer(work.actor.person, command.answers, now)
    work.polls.answer(poll, work.actor.person, command.answers, now)
    work.publish(event)
    return poll
