"""People: register, look up, update, import."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from marshmallow import fields, validate

from beraad.http import (
    Answer,
    Blueprint,
    Body,
    PageQuery,
    Query,
    ResourceAnswer,
    accepts,
    act,
    if_match,
    line,
    located,
    look,
    requires,
    tag_by_content,
)
from beraad_membership.api.csv_import import MAX_IMPORT, read_rows
from beraad_membership.queries.people import list_people, myself, one_person
from beraad_membership.use_cases.import_people import ImportPeople, import_people
from beraad_membership.use_cases.register_person import RegisterPerson, register_person
from beraad_membership.use_cases.update_person import UpdatePerson, update_person

blueprint = Blueprint("people", __name__, url_prefix="/v1", description="Who is who")
LANGUAGES = ("nl", "fr", "en")
ZONES = available_timezones()


class PersonBody(Body):
    """A person to register."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry registers once"})
    name = line(required=True)
    email = fields.Email(required=True, validate=validate.Length(max=254))
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    time_zone = fields.String(validate=validate.OneOf(sorted(ZONES)))
    profiles = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)), validate=validate.Length(max=20)
    )
    administrator = fields.Boolean()


class PersonChanges(Body):
    """What to change; what is not named stays."""

    name = line()
    email = fields.Email(validate=validate.Length(max=254))
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    time_zone = fields.String(validate=validate.OneOf(sorted(ZONES)))
    profiles = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)), validate=validate.Length(max=20)
    )


class PersonAnswer(ResourceAnswer):
    """A person. `email` is null unless it is one's own, or one administers."""

    name = fields.String()
    email = fields.String(allow_none=True)
    language = fields.String()
    time_zone = fields.String()
    profiles = fields.List(fields.String())
    administrator = fields.Boolean()
    erased = fields.Boolean(metadata={"description": "A tombstone: the name is a pseudonym"})


class HeldRole(Answer):
    """A role in a group."""

    group_id = fields.UUID()
    role = fields.String()


class MeAnswer(PersonAnswer):
    """The caller."""

    seats = fields.List(fields.UUID())
    roles = fields.List(fields.Nested(HeldRole))


class PeopleAnswer(Answer):
    """A page of people."""

    items = fields.List(fields.Nested(PersonAnswer))


class PeopleQuery(PageQuery):
    """`ids`: only these, at most 100."""

    ids = fields.List(fields.UUID(), load_default=[], validate=validate.Length(max=100))


class ImportQuery(Query):
    """`dry_run` (the default) only reports."""

    dry_run = fields.Boolean(load_default=True)


class ImportedRow(Answer):
    """A line of the file that is (or would be) registered."""

    line = fields.Integer()
    person_id = fields.UUID()


class RefusedRow(Answer):
    """A line of the file that is not, and why."""

    line = fields.Integer()
    reason = fields.String()


class ImportAnswer(Answer):
    """What the import did, or would do. The first line of the file is line 1 (the header)."""

    dry_run = fields.Boolean()
    registered = fields.List(fields.Nested(ImportedRow))
    refused = fields.List(fields.Nested(RefusedRow))


@blueprint.post("/people")
@requires("person.register")
@blueprint.arguments(PersonBody)
@blueprint.response(201, PersonAnswer)
def post_person(body: dict[str, Any]) -> dict[str, Any]:
    """Register a person."""
    person = act(register_person, RegisterPerson(**{**body, "profiles": tuple(body.get("profiles", ()))}))
    located(f"/v1/people/{person.id}")
    return look(one_person, person.id)


@blueprint.get("/people")
@requires("person.list")
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, PeopleAnswer)
def get_people(query: dict[str, Any]) -> dict[str, Any]:
    """People, or those named by `ids`."""
    return {"items": look(list_people, **query)}


@blueprint.get("/people/<uuid:person_id>")
@requires("person.read")
@blueprint.response(200, PersonAnswer)
def get_person(person_id: UUID) -> dict[str, Any]:
    """One person."""
    return look(one_person, person_id)


@blueprint.patch("/people/<uuid:person_id>")
@requires("person.update")
@blueprint.arguments(PersonChanges)
@blueprint.response(200, PersonAnswer)
def patch_person(changes: dict[str, Any], person_id: UUID) -> dict[str, Any]:
    """Change a person (If-Match required)."""
    act(update_person, UpdatePerson(person_id, changes, if_match()))
    return look(one_person, person_id)


@blueprint.post("/people-imports")
@accepts("text/csv", at_most=MAX_IMPORT)
@requires("person.import")
@blueprint.arguments(ImportQuery, location="query")
@blueprint.response(200, ImportAnswer)
def post_people_import(query: dict[str, Any]) -> dict[str, Any]:
    """Register people from a CSV body (`name,email,language,time_zone,profiles`; profiles separated by `;`)."""
    rows, refused = read_rows(PersonBody(exclude=("id", "administrator")))
    report = act(import_people, ImportPeople(rows, query["dry_run"]))
    return {
        "dry_run": query["dry_run"],
        "registered": [{"line": line, "person_id": person} for line, person in report.registered.items()],
        "refused": [{"line": n, "reason": why} for n, why in sorted({**refused, **report.refused}.items())],
    }


@blueprint.get("/me")
@requires("me.read")
@blueprint.response(200, MeAnswer)
def get_me() -> dict[str, Any]:
    """The caller."""
    me = look(myself)
    tag_by_content()  # seats and roles change without the person's revision
    return me
