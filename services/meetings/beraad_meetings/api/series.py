"""Series: meetings that recur."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, act, if_match, located, look, requires, tag_by_content
from beraad.http.context import current_settings
from beraad_meetings.api import series_schemas as shape
from beraad_meetings.api.people_schemas import AnswerBody
from beraad_meetings.domain.occurrences import Avoid
from beraad_meetings.queries.series import changed_series, list_series, one_series
from beraad_meetings.queries.series_previews import series_preview
from beraad_meetings.use_cases.answer_series import AnswerSeries, answer_series
from beraad_meetings.use_cases.cancel_series import CancelSeries, cancel_series
from beraad_meetings.use_cases.change_series import ChangeSeries, change_series
from beraad_meetings.use_cases.preview_series import Exceptional, PreviewSeries
from beraad_meetings.use_cases.schedule_series import ScheduleSeries, schedule_series

blueprint = Blueprint("series", __name__, url_prefix="/v1", description="Meetings that recur")


@blueprint.post("/series-previews")
@requires("series.preview")
@blueprint.arguments(shape.SeriesPreviewBody)
@blueprint.response(200, shape.SeriesPreviewAnswer)
def post_series_preview(body: dict[str, Any]) -> dict[str, Any]:
    """The exact instants of a rule with its exceptions, with warnings; nothing is kept."""
    exceptions = tuple(Exceptional(**one) for one in body.pop("exceptions"))
    return look(series_preview, PreviewSeries(**_avoiding(body), exceptions=exceptions))


@blueprint.post("/series")
@requires("series.create")
@blueprint.arguments(shape.SeriesBody)
@blueprint.response(201, shape.SeriesAnswer)
def post_series(body: dict[str, Any]) -> dict[str, Any]:
    """Schedule a series; each occurrence is a meeting, and the group is invited once."""
    series = act(schedule_series, ScheduleSeries(**_avoiding(body)))
    located(f"/v1/series/{series.id}")
    return look(one_series, series.id)


@blueprint.get("/series")
@requires("series.list")
@blueprint.arguments(shape.SeriesQuery, location="query")
@blueprint.response(200, shape.SeriesListAnswer)
def get_series_list(query: dict[str, Any]) -> dict[str, Any]:
    """The series of the caller's groups."""
    return {"items": look(list_series, **query)}


@blueprint.get("/series/<uuid:series_id>")
@requires("series.read")
@blueprint.response(200, shape.SeriesAnswer)
def get_series(series_id: UUID) -> dict[str, Any]:
    """A series with its meetings and what the caller may do; If-Match names its `revision`."""
    found = look(one_series, series_id)
    tag_by_content()  # its meetings change without its revision
    return found


@blueprint.patch("/series/<uuid:series_id>")
@requires("series.change")
@blueprint.arguments(shape.SeriesChanges)
@blueprint.response(200, shape.SeriesChanged)
def patch_series(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """Change a series, or end it and go on with another, changed, from a day on (If-Match required)."""
    command = ChangeSeries(series_id=series_id, expected_revision=if_match(), **body)
    return look(changed_series, act(change_series, command))


@blueprint.post("/series/<uuid:series_id>/cancel")
@requires("series.cancel")
@blueprint.arguments(shape.SeriesCancelBody)
@blueprint.response(200, shape.SeriesAnswer)
def post_series_cancel(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """Cancel what is still to come of a series, or end it before a day; a second time changes and sends nothing."""
    act(cancel_series, CancelSeries(series_id, **body))
    return look(one_series, series_id)


@blueprint.put("/series/<uuid:series_id>/invitations/me")
@requires("series.answer")
@blueprint.arguments(AnswerBody)
@blueprint.response(200, shape.SeriesAnswer)
def put_my_series_answer(body: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """Say whether one comes to what is still to come; what one answered by itself stays, unless that meeting moved since."""
    act(answer_series, AnswerSeries(series_id, **body))
    return look(one_series, series_id)


def _avoiding(body: dict[str, Any]) -> dict[str, Any]:
    """Where no holidays are named, the organisation's."""
    avoid = body.get("avoid")
    if avoid is None:
        return body
    home = current_settings().holidays
    named = avoid.get("holidays", home) or ""
    days = tuple(avoid.get("days", ()))
    return {**body, "avoid": Avoid(instead=avoid["instead"], holidays=named, days=days)}
