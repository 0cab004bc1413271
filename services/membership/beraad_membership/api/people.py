"""People: register, look up, update."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from marshmallow import fields, post_load, validate

from beraad.http import (
    Answer,
    Blueprint,
    Body,
    PageQuery,
    ResourceAnswer,
    act,
    if_match,
    line,
    located,
    look,
    requires,
    tag_by_content,
)
from beraad_membership.domain.profiles import ProfileTerm
from beraad_membership.queries.people import list_people, myself, one_person
from beraad_membership.use_cases.register_person import RegisterPerson, register_person
from beraad_membership.use_cases.update_person import UpdatePerson, update_person

blueprint = Blueprint("people", __name__, url_prefix="/v1", description="Who is who")
LANGUAGES = ("nl", "fr", "en", "de")
ZONE = validate.OneOf(sorted(available_timezones()), error="no time zone, such as Europe/Brussels")
"""There are six hundred: an error does not list them, nor the rows of an import."""


class ProfileTermBody(Body):
    """A profile in `[starts_on, ends_on)`, days of the organisation's zone; without one of them it is open."""

    profile = fields.String(required=True, validate=validate.Length(min=1, max=100))
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)

    @post_load
    def term(self, fields: dict[str, Any], **_options: Any) -> ProfileTerm:
        """As the domain knows it. Raises `ProfileEndsBeforeItStarts`."""
        return ProfileTerm(**fields)


class ProfileTermAnswer(Answer):
    """A profile in `[starts_on, ends_on)`."""

    profile = fields.String()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)


def profile_terms() -> fields.List[Any]:
    """Profiles with their time."""
    return fields.List(
        fields.Nested(ProfileTermBody),
        validate=validate.Length(max=50),
        metadata={"description": "All of somebody's profiles, past and to come; instead of `profiles`"},
    )


def external_id() -> fields.String:
    """The organisation's own number of a person."""
    return line(100, allow_none=True, metadata={"description": "The organisation's own number, unique"})


class PersonBody(Body):
    """A person to register."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry registers once"})
    name = line(required=True)
    email = fields.Email(required=True, validate=validate.Length(max=254))
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    time_zone = fields.String(validate=ZONE)
    profiles = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)), validate=validate.Length(max=20)
    )
    profile_terms = profile_terms()
    external_id = external_id()
    administrator = fields.Boolean()


class PersonChanges(Body):
    """What to change; what is not named stays."""

    name = line()
    email = fields.Email(validate=validate.Length(max=254))
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    time_zone = fields.String(validate=ZONE)
    profiles = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        validate=validate.Length(max=20),
        metadata={"description": "Those of today: what is no longer named ends today"},
    )
    profile_terms = profile_terms()
    external_id = external_id()


class PersonAnswer(ResourceAnswer):
    """A person. `email` is null unless it is one's own, or one administers; `external_id` unless one administers."""

    name = fields.String()
    email = fields.String(allow_none=True)
    language = fields.String()
    time_zone = fields.String()
    profiles = fields.List(fields.String())
    profile_terms = fields.List(fields.Nested(ProfileTermAnswer))
    external_id = fields.String(allow_none=True)
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
    """`ids`: only these, at most 100. `q`: only those whose name has this in it."""

    ids = fields.List(fields.UUID(), load_default=[], validate=validate.Length(max=100))
    q = fields.String(load_default=None, validate=validate.Length(max=200))


@blueprint.post("/people")
@requires("person.register")
@blueprint.arguments(PersonBody)
@blueprint.response(201, PersonAnswer)
def post_person(body: dict[str, Any]) -> dict[str, Any]:
    """Register a person."""
    listed = {name: tuple(body.get(name, ())) for name in ("profiles", "profile_terms")}
    person = act(register_person, RegisterPerson(**{**body, **listed}))
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


@blueprint.get("/me")
@requires("me.read")
@blueprint.response(200, MeAnswer)
def get_me() -> dict[str, Any]:
    """The caller."""
    me = look(myself)
    tag_by_content()  # seats and roles change without the person's revision
    return me
