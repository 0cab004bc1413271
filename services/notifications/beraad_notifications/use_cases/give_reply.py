"""Answer an invitation by the link in a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad.identifiers import new_id
from beraad_notifications.domain.events import ReplyGiven
from beraad_notifications.domain.replying import Invited
from beraad_notifications.use_cases.ports import KnownMeeting, Work


@dataclass(frozen=True)
class GiveReply:
    """Whoever holds the link answers for the person it was sent to: accepted, tentative, declined."""

    invited: Invited
    answer: str


def give_reply(command: GiveReply, work: Work, now: datetime) -> list[KnownMeeting]:
    """The meetings it is about, which meetings itself may judge otherwise; none, and nothing told, when all is over."""
    coming = work.known_meetings.coming(command.invited, now)
    if coming:
        scope_id = command.invited.scope_id
        reply = ReplyGiven(
            reply_id=new_id(),
            revision=1,
            person_id=command.invited.person_id,
            meeting_id=None if command.invited.is_series else scope_id,
            series_id=scope_id if command.invited.is_series else None,
            answer=command.answer,
            given_at=now,
        )
        work.publish(reply)
    return coming
