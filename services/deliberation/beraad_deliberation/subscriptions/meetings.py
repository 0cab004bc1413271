"""Meetings tells when groups meet, and which approved minutes speak of a proposal."""

from __future__ import annotations

from typing import Any

from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received, Subscriptions
from beraad_deliberation.storage.tables import known_meetings, known_minutes

known = Projection(known_meetings, known_minutes)


@known.on("meetings.meeting.scheduled.v1", "meetings.meeting.moved.v1", "meetings.meeting.cancelled.v1")
def on_meeting_changed(event: Received, work: Any) -> None:
    """Keep title and start of the meeting as they stand."""
    told = {column: event[column] for column in ("revision", "group_id", "title", "starts_at")}
    values = {**told, "cancelled": event.type == "meetings.meeting.cancelled.v1"}
    statement = upsert(work.session, known_meetings).values(meeting_id=event["meeting_id"], **values)
    newer = known_meetings.c.revision < statement.excluded.revision
    work.session.execute(
        statement.on_conflict_do_update(index_elements=["meeting_id"], set_=values, where=newer)
    )


@known.on("meetings.minutes.approved.v1")
def on_minutes_approved(event: Received, work: Any) -> None:
    """Link the minutes to the proposals they speak of."""
    told = {column: event[column] for column in ("minutes_id", "meeting_id", "title")}
    for proposal_id in event["proposal_ids"]:
        statement = upsert(work.session, known_minutes).values(proposal_id=proposal_id, **told)
        work.session.execute(statement.on_conflict_do_nothing())


meetings = Subscriptions("meetings", known)
