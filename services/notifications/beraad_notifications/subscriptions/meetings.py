"""Meetings: invitations with their calendar, changes, reminders, minutes; and what their links are about."""

from __future__ import annotations

from typing import Any

from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received, Subscriptions
from beraad_notifications.domain.catalogue import events_from
from beraad_notifications.storage.tables import known_meetings
from beraad_notifications.subscriptions.telling import tell

CANCELLED = "meetings.meeting.cancelled.v1"
known = Projection(known_meetings)


@known.on(
    "meetings.meeting.scheduled.v1",
    "meetings.meeting.moved.v1",
    "meetings.meeting.updated.v1",
    CANCELLED,
)
def remember_meeting(event: Received, work: Any) -> None:
    """Keep the newest: what it is called, when it is, whether it was cancelled."""
    told = [column.name for column in known_meetings.c if column.name != "cancelled"]
    values = {**{name: event[name] for name in told}, "cancelled": event.type == CANCELLED}
    statement = upsert(work.session, known_meetings).values(**values)
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["meeting_id"],
            set_={name: statement.excluded[name] for name in values if name != "meeting_id"},
            where=known_meetings.c.revision < statement.excluded.revision,
        )
    )


meetings = Subscriptions("meetings", known)
meetings.on(*events_from("meetings"))(tell)
