"""Notifications: answers to invitations that came by the link in a mail."""

from __future__ import annotations

from typing import Any

from beraad.messaging.subscriptions import Received, Subscriptions
from beraad_meetings.use_cases.take_reply import TakeReply, take_reply

notifications = Subscriptions("notifications")


@notifications.on("notifications.reply.given.v1")
def on_reply_given(event: Received, work: Any) -> None:
    """It counts as if the person had signed in and answered then."""
    names = ("person_id", "meeting_id", "series_id", "answer", "given_at")
    take_reply(TakeReply(**{name: event[name] for name in names}), work, work.now)
