"""Who came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, PageQuery, act, look, requires, tag_by_content
from beraad_meetings.api import people_schemas as shape
from beraad_meetings.queries.attendance import attendance_of, list_attendance, quorum_of
from beraad_meetings.use_cases.record_attendance import RecordAttendance, record_attendance

blueprint = Blueprint("attendance", __name__, url_prefix="/v1/meetings", description="Who came")


@blueprint.put("/<uuid:meeting_id>/attendance/<uuid:person_id>")
@requires("attendance.record")
@blueprint.arguments(shape.AttendanceBody)
@blueprint.response(200, shape.AttendanceRecorded)
def put_attendance(body: dict[str, Any], meeting_id: UUID, person_id: UUID) -> dict[str, Any]:
    """Record that somebody came, left, is excused or stayed away; corrections append. Answers the numbers after it."""
    act(record_attendance, RecordAttendance(meeting_id, person_id, **body))
    return look(attendance_of, meeting_id)


@blueprint.get("/<uuid:meeting_id>/attendance")
@requires("attendance.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.AttendanceAnswer)
def get_attendance(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Who came and when, with every line of the log and its corrections."""
    return look(list_attendance, meeting_id, **query)


@blueprint.get("/<uuid:meeting_id>/quorum")
@requires("quorum.read")
@blueprint.arguments(shape.QuorumQuery, location="query")
@blueprint.response(200, shape.QuorumAnswer)
def get_quorum(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Whether there is a quorum, or was at an instant, and when each item was treated."""
    answer = look(quorum_of, meeting_id, **query)
    tag_by_content()
    return answer
