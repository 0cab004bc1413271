"""Minutes: written, sent round, approved at a later meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from beraad.http import Blueprint, PageQuery, act, if_match, look, requires
from beraad.identifiers import new_id
from beraad_meetings.api import people_schemas as shape
from beraad_meetings.domain.minutes import ActionItem
from beraad_meetings.queries.minutes import list_versions, minutes_of, minutes_version
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
    items = tuple(ActionItem(**{"id": new_id(), **item}) for item in body["action_items"])
    act(write_minutes, WriteMinutes(meeting_id, body["text"], read, items))
    return look(minutes_of, meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>/minutes")
@requires("minutes.read")
@blueprint.response(200, shape.MinutesAnswer)
def get_minutes(meeting_id: UUID) -> dict[str, Any]:
    """The newest version."""
    return look(minutes_of, meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>/minutes/versions")
@requires("minutes.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.MinutesVersionsAnswer)
def get_minutes_versions(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Who wrote which version, oldest first."""
    return {"items": look(list_versions, meeting_id, **query)}


@blueprint.get("/meetings/<uuid:meeting_id>/minutes/versions/<int:version>")
@requires("minutes.read")
@blueprint.response(200, shape.MinutesAnswer)
def get_minutes_version(meeting_id: UUID, version: int) -> dict[str, Any]:
    """The minutes as they were written then."""
    return look(minutes_version, meeting_id, version)


@blueprint.post("/meetings/<uuid:meeting_id>/minutes/circulate")
@requires("minutes.circulate")
@blueprint.response(200, shape.MinutesAnswer)
def post_circulate(meeting_id: UUID) -> dict[str, Any]:
    """Send the draft round for reading; what it says is to be done becomes a task of deliberation."""
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
