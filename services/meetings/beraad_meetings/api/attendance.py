"""Who came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, PageQuery, act, look, requires
from beraad_meetings.api import people_schemas as shape
from beraad_meetings.queries.attendance import attendance_of, list_attendance
from beraad_meetings.use_cases.record_attendance import RecordAttendance, record_attendance

blueprint = Blueprint("attendance", __name__, url_prefix="/v1/meetings", description="Who came")


@blueprint.put("/<uuid:meeting_id>/attendance/<uuid:person_id>")
@requires("attendance.record")
@blueprint.arguments(shape.AttendanceBody)
@blueprint.response(200, shape.AttendanceRecorded)
def put_attendance(body: dict[str, Any], meeting_id: UUID, person_id: UUID) -> dict[str, Any]:
    """Record somebody's state; corrections append. Answers the numbers after it."""
    act(record_attendance, RecordAttendance(meeting_id, person_id, **body))
    return look(attendance_of, meeting_id)


@blueprint.get("/<uuid:meeting_id>/attendance")
@requires("attendance.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.AttendanceAnswer)
def get_attendance(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Who came, left, is excused or stayed away."""
    return look(list_attendance, meeting_id, **query)
