"""Series: meetings that recur."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, act, located, look, requires
from beraad_meetings.api import meeting_schemas as shape
from beraad_meetings.queries.series import list_series, one_series
from beraad_meetings.use_cases.schedule_series import ScheduleSeries, schedule_series

blueprint = Blueprint("series", __name__, url_prefix="/v1/series", description="Meetings that recur")


@blueprint.post("")
@requires("series.create")
@blueprint.arguments(shape.SeriesBody)
@blueprint.response(201, shape.SeriesAnswer)
def post_series(body: dict[str, Any]) -> dict[str, Any]:
    """Schedule a series; each occurrence is a meeting, and the group is invited once."""
    series = act(schedule_series, ScheduleSeries(**body))
    located(f"/v1/series/{series.id}")
    return look(one_series, series.id)


@blueprint.get("")
@requires("series.list")
@blueprint.arguments(shape.SeriesQuery, location="query")
@blueprint.response(200, shape.SeriesListAnswer)
def get_series_list(query: dict[str, Any]) -> dict[str, Any]:
    """The series of the caller's groups."""
    return {"items": look(list_series, **query)}


@blueprint.get("/<uuid:series_id>")
@requires("series.read")
@blueprint.response(200, shape.SeriesAnswer)
def get_series(series_id: UUID) -> dict[str, Any]:
    """A series with its meetings."""
    return look(one_series, series_id)
