"""Meetings: schedule, read, change, cancel, open, close."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.http import Blueprint, act, if_match, located, look, requires
from beraad_meetings.api import meeting_schemas as shape
from beraad_meetings.queries.meetings import list_meetings, one_meeting
from beraad_meetings.use_cases.cancel_meeting import CancelMeeting, cancel_meeting
from beraad_meetings.use_cases.change_meeting import ChangeMeeting, change_meeting
from beraad_meetings.use_cases.close_meeting import CloseMeeting, close_meeting
from beraad_meetings.use_cases.open_meeting import OpenMeeting, open_meeting
from beraad_meetings.use_cases.schedule_meeting import ScheduleMeeting, schedule_meeting

blueprint = Blueprint("meetings", __name__, url_prefix="/v1/meetings", description="Meetings and visits")


@blueprint.post("")
@requires("meeting.schedule")
@blueprint.arguments(shape.MeetingBody)
@blueprint.response(201, shape.MeetingAnswer)
def post_meeting(body: dict[str, Any]) -> dict[str, Any]:
    """Schedule one meeting and invite the group's seat holders."""
    capacity = body.pop("registration", {}).get("capacity")
    planned = ScheduleMeeting(local_start=_local_start(body), capacity=capacity, **body)
    meeting = act(schedule_meeting, planned)
    located(f"/v1/meetings/{meeting.id}")
    return look(one_meeting, meeting.id)


@blueprint.get("")
@requires("meeting.list")
@blueprint.arguments(shape.MeetingsQuery, location="query")
@blueprint.response(200, shape.MeetingsAnswer)
def get_meetings(query: dict[str, Any]) -> dict[str, Any]:
    """The meetings the caller may see, earliest first."""
    return {"items": look(list_meetings, **query)}


@blueprint.get("/<uuid:meeting_id>")
@requires("meeting.read")
@blueprint.response(200, shape.MeetingAnswer)
def get_meeting(meeting_id: UUID) -> dict[str, Any]:
    """A meeting with its agenda and what the caller may do."""
    return look(one_meeting, meeting_id)


@blueprint.patch("/<uuid:meeting_id>")
@requires("meeting.change")
@blueprint.arguments(shape.MeetingChanges)
@blueprint.response(200, shape.MeetingAnswer)
def patch_meeting(changes: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Change a meeting, or this one occurrence of a series (If-Match required)."""
    despite = changes.pop("despite_conflicts", None)
    act(change_meeting, ChangeMeeting(meeting_id, changes, if_match(), despite))
    return look(one_meeting, meeting_id)


@blueprint.post("/<uuid:meeting_id>/cancel")
@requires("meeting.cancel")
@blueprint.arguments(shape.CancelBody)
@blueprint.response(200, shape.MeetingAnswer)
def post_cancel(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Cancel a meeting; a second time changes and sends nothing."""
    act(cancel_meeting, CancelMeeting(meeting_id, **body))
    return look(one_meeting, meeting_id)


@blueprint.post("/<uuid:meeting_id>/open")
@requires("meeting.open")
@blueprint.response(200, shape.MeetingAnswer)
def post_open(meeting_id: UUID) -> dict[str, Any]:
    """The meeting has begun."""
    act(open_meeting, OpenMeeting(meeting_id))
    return look(one_meeting, meeting_id)


@blueprint.post("/<uuid:meeting_id>/close")
@requires("meeting.close")
@blueprint.arguments(shape.CloseBody)
@blueprint.response(200, shape.MeetingAnswer)
def post_close(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """The meeting is over. It is known who was there, and there are minutes, a file of them or a short report."""
    act(close_meeting, CloseMeeting(meeting_id, **body))
    return look(one_meeting, meeting_id)


def _local_start(body: dict[str, Any]) -> datetime | None:
    day, time = body.pop("starts_on", None), body.pop("start_time", None)
    if (day is None) != (time is None):
        raise InvalidRequest("starts_on and start_time go together", pointer="/starts_on")
    return datetime.combine(day, time) if day is not None else None
