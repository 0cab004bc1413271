"""Minutes: written, sent round, approved at a later meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from beraad.http import Blueprint, act, if_match, look, requires
from beraad_meetings.api import people_schemas as shape
from beraad_meetings.queries.minutes import minutes_of
from beraad_meetings.use_cases.approve_minutes import ApproveMinutes, approve_minutes
from beraad_meetings.use_cases.circulate_minutes import CirculateMinutes, circulate_minutes
from beraad_meetings.use_cases.write_minutes import WriteMinutes, write_minutes

blueprint = Blueprint("minutes", __name__, url_prefix="/v1", description="What was said and decided")


@blueprint.put("/meetings/<uuid:meeting_id>/minutes")
@requires("minutes.write")
@blueprint.arguments(shape.MinutesBody)
@blueprint.response(200, shape.MinutesAnswer)
def put_minutes(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Write the minutes; over an earlier version, name its revision in If-Match."""
    read = if_match() if "If-Match" in request.headers else None
    act(write_minutes, WriteMinutes(meeting_id, body["text"], read))
    return look(minutes_of, meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>/minutes")
@requires("minutes.read")
@blueprint.response(200, shape.MinutesAnswer)
def get_minutes(meeting_id: UUID) -> dict[str, Any]:
    """The newest version."""
    return look(minutes_of, meeting_id)


@blueprint.post("/meetings/<uuid:meeting_id>/minutes/circulate")
@requires("minutes.circulate")
@blueprint.response(200, shape.MinutesAnswer)
def post_circulate(meeting_id: UUID) -> dict[str, Any]:
    """Send the draft round for reading."""
    act(circulate_minutes, CirculateMinutes(meeting_id))
    return look(minutes_of, meeting_id)


@blueprint.post("/minutes/<uuid:minutes_id>/approve")
@requires("minutes.approve")
@blueprint.arguments(shape.ApprovalBody)
@blueprint.response(200, shape.MinutesAnswer)
def post_approve(body: dict[str, Any], minutes_id: UUID) -> dict[str, Any]:
    """Approve them at a later meeting of the group that has begun."""
    minutes = act(approve_minutes, ApproveMinutes(minutes_id, body["at_meeting_id"]))
    return look(minutes_of, minutes.meeting_id)
