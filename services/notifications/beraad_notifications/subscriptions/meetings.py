"""Meetings: invitations with their calendar, changes, reminders, minutes."""

from __future__ import annotations

from beraad.messaging.subscriptions import Subscriptions
from beraad_notifications.domain.catalogue import events_from
from beraad_notifications.subscriptions.telling import tell

meetings = Subscriptions("meetings")
meetings.on(*events_from("meetings"))(tell)
