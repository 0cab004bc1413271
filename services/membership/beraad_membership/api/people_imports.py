"""Imports of people: send a file, see how far it has come and what became of its rows, cancel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from beraad.http import (
    Answer,
    Blueprint,
    PageQuery,
    Query,
    ResourceAnswer,
    accepts,
    act,
    located,
    look,
    requires,
)
from beraad_membership.api.csv_import import MAX_IMPORT, read_rows
from beraad_membership.api.people import PersonBody
from beraad_membership.domain.imports import ImportState, RowResult
from beraad_membership.queries.people_imports import list_import_rows, list_imports, one_import
from beraad_membership.use_cases.cancel_import import CancelImport, cancel_import
from beraad_membership.use_cases.import_people import ImportPeople, import_people

blueprint = Blueprint("people-imports", __name__, url_prefix="/v1", description="People from files")
ROW_RESULTS = ("waiting", *RowResult)
READ = PersonBody(only=("name", "email", "language", "time_zone", "external_id"))


class ImportQuery(Query):
    """`dry_run` (the default) changes nobody."""

    dry_run = fields.Boolean(load_default=True)


class RowsQuery(PageQuery):
    """`result`: only rows that came to this."""

    result = fields.String(load_default=None, validate=validate.OneOf(ROW_RESULTS))


class ImportAnswer(ResourceAnswer):
    """An import. The counts tell what became of the rows done so far, or in a dry run would become of them."""

    dry_run = fields.Boolean()
    state = fields.String(metadata={"enum": [*ImportState]})
    rows_total = fields.Integer()
    rows_done = fields.Integer()
    registered = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()
    created_by = fields.UUID()
    created_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    failure = fields.String(allow_none=True, metadata={"description": "Why it failed, or its last piece did"})


class ImportsAnswer(Answer):
    """A page of imports."""

    items = fields.List(fields.Nested(ImportAnswer))


class RowReason(Answer):
    """Why a row was refused."""

    column = fields.String(metadata={"description": "Empty: the whole row"})
    code = fields.String(metadata={"description": "The name of the rule"})
    detail = fields.String()


class ImportRow(Answer):
    """A row of the file. The header is line 1; a row of several lines is named by its last."""

    line = fields.Integer()
    result = fields.String(metadata={"enum": [*ROW_RESULTS]})
    person_id = fields.UUID(allow_none=True)
    reasons = fields.List(fields.Nested(RowReason))


class ImportRowsAnswer(Answer):
    """A page of rows."""

    items = fields.List(fields.Nested(ImportRow))


@blueprint.post("/people-imports")
@accepts("text/csv", at_most=MAX_IMPORT)
@requires("person.import")
@blueprint.arguments(ImportQuery, location="query")
@blueprint.response(202, ImportAnswer)
def post_people_import(query: dict[str, Any]) -> dict[str, Any]:
    """Register or update people from a CSV body with the columns name, email, language, time_zone, profiles, external_id."""
    accepted = act(import_people, ImportPeople(read_rows(READ), query["dry_run"]))
    located(f"/v1/people-imports/{accepted.id}")
    return look(one_import, accepted.id)


@blueprint.get("/people-imports")
@requires("import.read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ImportsAnswer)
def get_people_imports(query: dict[str, Any]) -> dict[str, Any]:
    """All imports, oldest first."""
    return {"items": look(list_imports, **query)}


@blueprint.get("/people-imports/<uuid:import_id>")
@requires("import.read")
@blueprint.response(200, ImportAnswer)
def get_people_import(import_id: UUID) -> dict[str, Any]:
    """How far an import has come."""
    return look(one_import, import_id)


@blueprint.get("/people-imports/<uuid:import_id>/rows")
@requires("import.read")
@blueprint.arguments(RowsQuery, location="query")
@blueprint.response(200, ImportRowsAnswer)
def get_people_import_rows(query: dict[str, Any], import_id: UUID) -> dict[str, Any]:
    """What became of the rows, by line: who was registered or updated, and why others were refused."""
    return {"items": look(list_import_rows, import_id, **query)}


@blueprint.delete("/people-imports/<uuid:import_id>")
@requires("import.cancel")
@blueprint.response(204)
def delete_people_import(import_id: UUID) -> Response:
    """Cancel an import that has not ended; who is registered stays so. Harmless to repeat."""
    act(cancel_import, CancelImport(import_id))
    return Response(status=204)
