"""What each kind of mail looks like, with sample data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, pre_load, validate

from beraad.domain import NotFound
from beraad.http import Answer, Blueprint, Query, act, current_actor, located, look, requires
from beraad.http.context import current_settings
from beraad.perform import Work
from beraad_notifications.api.pages import HTML, as_page
from beraad_notifications.domain.audience_words import audience_in_words
from beraad_notifications.domain.catalogue import KINDS, Kind
from beraad_notifications.mail.samples import sample_letter
from beraad_notifications.mail.templates import LANGUAGES
from beraad_notifications.mail.writing import Writer
from beraad_notifications.use_cases.send_test import SendTest, send_test

blueprint = Blueprint("templates", __name__, url_prefix="/v1", description="What mails look like")


class KindAnswer(Answer):
    """A kind of mail."""

    kind = fields.String()
    event_type = fields.String(metadata={"description": "Empty: made of other mails"})
    where = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "Fields the event must have"}
    )
    audience = fields.String(metadata={"description": "Who is told"})
    urgency = fields.String(metadata={"description": "at_once, when_near, normal"})
    promise = fields.String()
    can_be_turned_off = fields.Boolean()
    languages = fields.List(fields.String())


class KindsAnswer(Answer):
    """All of them."""

    items = fields.List(fields.Nested(KindAnswer))


class TemplateAnswer(Answer):
    """A mail of this kind to an invented person."""

    kind = fields.String()
    language = fields.String()
    subject = fields.String()
    text = fields.String()
    html = fields.String()


class TestAnswer(Answer):
    """A test is on its way."""

    event_id = fields.UUID(metadata={"description": "By which the timeline finds it"})


class GalleryQuery(Query):
    """One language of every kind, or every language of one."""

    kind = fields.String(load_default=None, validate=validate.OneOf(sorted(KINDS)))
    language = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))

    @pre_load
    def _leave_out_what_is_empty(self, sent: Any, **_options: Any) -> dict[str, Any]:
        """A form sends every field."""
        return {name: value for name, value in sent.items() if value != ""}


@blueprint.get("/templates")
@requires("template.preview")
@blueprint.response(200, KindsAnswer)
def get_templates() -> dict[str, Any]:
    """Every kind of mail: because of what, to whom, in which languages."""
    return look(_kinds)


@blueprint.get("/templates.html")
@requires("template.preview")
@blueprint.arguments(GalleryQuery, location="query")
@blueprint.doc(responses={"200": HTML})
def get_templates_page(query: dict[str, Any]) -> Response:
    """All of them to look at. In a browser open `/v1/screens/templates`."""
    return as_page("templates", search=True, asked=query, languages=LANGUAGES, **look(_gallery, **query))


@blueprint.get("/templates/<string:kind>/<string:language>")
@requires("template.preview")
@blueprint.response(200, TemplateAnswer)
def get_template(kind: str, language: str) -> dict[str, Any]:
    """A preview with sample data; nothing is sent."""
    return look(_preview, kind, language)


@blueprint.post("/templates/<string:kind>/<string:language>/test")
@requires("template.test")
@blueprint.response(202, TestAnswer)
def post_template_test(kind: str, language: str) -> dict[str, UUID]:
    """Send it to your own address, with sample data and marked as a test, the way every mail goes."""
    _exists(kind, language)
    event_id = act(send_test, SendTest(kind, language, current_actor().person))
    located(f"/v1/timeline?event_id={event_id}")
    return {"event_id": event_id}


def _kinds(work: Work) -> dict[str, Any]:
    work.authorize("template.preview")
    return {"items": [_described(kind) for kind in KINDS.values()]}


def _described(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "event_type": kind.event,
        "where": kind.where,
        "audience": audience_in_words(kind),
        "urgency": kind.urgency.name.lower(),
        "promise": kind.promise.value,
        "can_be_turned_off": not kind.essential,
        "languages": LANGUAGES,
    }


def _preview(work: Work, kind: str, language: str) -> dict[str, Any]:
    work.authorize("template.preview")
    _exists(kind, language)
    written = Writer(current_settings()).write(sample_letter(kind, language))
    return {"kind": kind, "language": language, **vars(written)}


def _gallery(work: Work, kind: str | None, language: str | None) -> dict[str, Any]:
    """One of them alone is all languages of a kind; without any it is all kinds in the organisation's language."""
    kinds = [kind] if kind else list(KINDS)
    one_language = language or (None if kind else current_settings().language)
    shown = [one_language] if one_language else LANGUAGES
    return {
        "kinds": list(KINDS),
        "mails": [
            {**_preview(work, one, spoken), "audience": audience_in_words(KINDS[one])}
            for one in kinds
            for spoken in shown
        ],
    }


def _exists(kind: str, language: str) -> None:
    if kind not in KINDS or language not in LANGUAGES:
        raise NotFound("there is no such template")
