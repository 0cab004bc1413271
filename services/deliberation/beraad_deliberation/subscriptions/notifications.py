"""Notifications tells whose mail a server took over: where silence is consent, only those who were told count."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.storage.tables import outbox

notifications = Subscriptions("notifications")


@notifications.on("notifications.delivery.accepted.v1")
def on_delivery_accepted(event: Received, work: Any) -> None:
    """The mail was caused by an event of ours: a round that opened, or was called again."""
    if event["kind"] != "round_opened":
        return
    caused = select(outbox.c.body).where(outbox.c.event_id == event["event_id"])
    body = work.session.execute(caused).scalar()
    if body is not None:
        work.electorates.note_told(UUID(body["round_id"]), event["person_id"])
