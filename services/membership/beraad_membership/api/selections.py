"""Selections by lot: prepared, committed to, drawn; the reserve they leave, and seats filled from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from beraad.http import Blueprint, PageQuery, act, located, look, requires
from beraad_membership.api import selection_schemas as shape
from beraad_membership.api.group_schemas import GroupAnswer
from beraad_membership.queries.groups import one_group
from beraad_membership.queries.selections import (
    list_reserve,
    list_selections,
    list_vacancies,
    one_selection,
    published,
)
from beraad_membership.use_cases.draw_selection import DrawSelection, draw_selection
from beraad_membership.use_cases.fill_vacancy import FillVacancy, fill_vacancy
from beraad_membership.use_cases.prepare_selection import (
    CancelSelection,
    PrepareSelection,
    cancel_selection,
    prepare_selection,
)

blueprint = Blueprint("selections", __name__, url_prefix="/v1", description="Selection by lot")


@blueprint.post("/groups/<uuid:group_id>/selections")
@requires("selection.prepare")
@blueprint.arguments(shape.SelectionBody)
@blueprint.response(202, shape.SelectionAnswer)
def post_selection(body: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Prepare a draw among the candidates: a worker does it, its progress can be read."""
    selection = act(prepare_selection, PrepareSelection(group_id=group_id, **body))
    located(f"/v1/selections/{selection.id}")
    return look(one_selection, selection.id)


@blueprint.get("/groups/<uuid:group_id>/selections")
@requires("selection.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.SelectionsAnswer)
def get_selections(query: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """The selections of a group."""
    return {"items": look(list_selections, group_id, **query)}


@blueprint.get("/selections/<uuid:selection_id>")
@requires("selection.read")
@blueprint.response(200, shape.SelectionAnswer)
def get_selection(selection_id: UUID) -> dict[str, Any]:
    """Where a selection stands, and one's own chance."""
    return look(one_selection, selection_id)


@blueprint.get("/selections/<uuid:selection_id>/commitment")
@requires("selection.read")
@blueprint.response(200, shape.CommitmentAnswer)
def get_commitment(selection_id: UUID) -> dict[str, Any]:
    """What was frozen before the randomness existed."""
    return look(published, selection_id, "commitment")


@blueprint.get("/selections/<uuid:selection_id>/draw")
@requires("selection.read")
@blueprint.response(200, shape.DrawAnswer)
def get_draw(selection_id: UUID) -> dict[str, Any]:
    """What anyone can verify."""
    return look(published, selection_id, "draw")


@blueprint.delete("/selections/<uuid:selection_id>")
@requires("selection.cancel")
@blueprint.response(204)
def delete_selection(selection_id: UUID) -> Response:
    """Cancel a selection that is not drawn."""
    act(cancel_selection, CancelSelection(selection_id))
    return Response(status=204)


@blueprint.post("/selections/<uuid:selection_id>/draw")
@requires("selection.draw")
@blueprint.arguments(shape.DrawBody)
@blueprint.response(200, shape.SelectionAnswer)
def post_draw(body: dict[str, Any], selection_id: UUID) -> dict[str, Any]:
    """Draw with what the announced source of randomness brought forth, and seat the panel."""
    act(draw_selection, DrawSelection(selection_id, **body))
    return look(one_selection, selection_id)


@blueprint.get("/groups/<uuid:group_id>/reserve")
@requires("reserve.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.ReserveAnswer)
def get_reserve(query: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Who was not drawn, in order."""
    return {"items": look(list_reserve, group_id, **query)}


@blueprint.get("/groups/<uuid:group_id>/vacancies")
@requires("vacancy.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.VacanciesAnswer)
def get_vacancies(query: dict[str, Any], group_id: UUID) -> dict[str, Any]:
    """Seats that were left, who was passed over for them and why, and what keeps everybody out."""
    return {"items": look(list_vacancies, group_id, **query)}


@blueprint.post("/groups/<uuid:group_id>/vacancies/<uuid:seat_id>/fill")
@requires("vacancy.fill")
@blueprint.response(200, GroupAnswer)
def post_vacancy_fill(group_id: UUID, seat_id: UUID) -> dict[str, Any]:
    """Look through the reserve again."""
    act(fill_vacancy, FillVacancy(group_id, seat_id))
    return look(one_group, group_id)
