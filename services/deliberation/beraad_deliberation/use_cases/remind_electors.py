"""Remind those who have not answered a round or a vote that it closes soon. Due work: once per deadline, however many workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class RemindOfRound:
    """Of one round whose reminder is due, if there is such a round."""


@dataclass(frozen=True)
class RemindOfVote:
    """Of one vote whose reminder is due, if there is such a vote."""


def remind_of_round(_command: RemindOfRound, work: Work, now: datetime) -> bool:
    """True if there was one."""
    consent_round = work.rounds.to_remind(now)
    if consent_round is None:
        return False
    work.publish(*consent_round.remind(work.rounds.unanswered(consent_round.id), now))
    return True


def remind_of_vote(_command: RemindOfVote, work: Work, now: datetime) -> bool:
    """True if there was one."""
    vote = work.votes.to_remind(now)
    if vote is None:
        return False
    work.publish(*vote.remind(work.votes.unanswered(vote.id), now))
    return True
