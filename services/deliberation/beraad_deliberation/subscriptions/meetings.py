"""Meetings tells when groups meet, which approved minutes speak of a proposal, and what was agreed to be done."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received, Subscriptions
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.storage.tables import known_meetings, known_minutes, rounds
from beraad_deliberation.use_cases.take_over_action_item import TakeOverActionItem, take_over_action_item

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


@known.on("meetings.attendance.recorded.v1")
def on_attendance_recorded(event: Received, work: Any) -> None:
    """Keep who is counted present."""
    there = known_meetings.update().where(known_meetings.c.meeting_id == event["meeting_id"])
    work.session.execute(there.values(present_ids=event["present_ids"]))


meetings = Subscriptions("meetings", known)


@meetings.on("meetings.action_item.agreed.v1")
def on_action_item_agreed(event: Received, work: Any) -> None:
    """What minutes say is to be done is a task."""
    told = {name: event[name] for name in ("item_id", "minutes_id", "meeting_id", "group_id", "decision_id")}
    named = {name: event[name] for name in ("owner_id", "title", "due_on")}
    take_over_action_item(TakeOverActionItem(**told, **named), work, work.now)


@meetings.on("meetings.attendance.recorded.v1")
def on_present_changed(event: Received, work: Any) -> None:
    """A live round in this meeting waits for those who are there."""
    running = select(rounds.c.id).where(
        rounds.c.meeting_id == event["meeting_id"], rounds.c.state == RunState.OPEN
    )
    for round_id in work.session.execute(running).scalars().all():
        work.electorates.set_present(round_id, event["present_ids"])
