"""What each kind of mail looks like, with sample data."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from beraad.domain import NotFound
from beraad.http import Answer, Blueprint, look, requires
from beraad.http.context import current_settings
from beraad.perform import Work
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.mail.samples import sample_letter
from beraad_notifications.mail.templates import LANGUAGES
from beraad_notifications.mail.writing import Writer

blueprint = Blueprint("templates", __name__, url_prefix="/v1/templates", description="What mails look like")


class TemplateAnswer(Answer):
    """A mail of this kind to an invented person."""

    kind = fields.String()
    language = fields.String()
    subject = fields.String()
    text = fields.String()
    html = fields.String()


@blueprint.get("/<string:kind>/<string:language>")
@requires("template.preview")
@blueprint.response(200, TemplateAnswer)
def get_template(kind: str, language: str) -> dict[str, Any]:
    """A preview with sample data; nothing is sent."""
    return look(_preview, kind, language)


def _preview(work: Work, kind: str, language: str) -> dict[str, Any]:
    work.authorize("template.preview")
    if kind not in KINDS or language not in LANGUAGES:
        raise NotFound("there is no such template")
    written = Writer(current_settings()).write(sample_letter(kind, language))
    return {"kind": kind, "language": language, **vars(written)}
