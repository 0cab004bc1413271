"""The link at the end of each mail (RFC 8058): GET shows a page that changes nothing, POST acts, nobody signs in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template_string

from beraad.http import Blueprint, accepts, act, look, public
from beraad.http.context import current_settings
from beraad_notifications.api.unsubscribe_page import PAGE, WORDS
from beraad_notifications.domain.unsubscribing import read_token
from beraad_notifications.queries.preferences import language_of
from beraad_notifications.use_cases.choose_preferences import Unsubscribe, unsubscribe

blueprint = Blueprint(
    "unsubscribing", __name__, url_prefix="/v1/unsubscribe", description="The link at the end of each mail"
)
PAGES: dict[str, Any] = {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}


@blueprint.get("/<string:token>")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES})
def get_unsubscribe(token: str) -> Response:
    """Ask whether mail of this kind should end. Opening the page changes nothing."""
    named = read_token(token, current_settings().secret_key)
    return _page("ask" if named else "unknown", named)


@blueprint.post("/<string:token>")
@accepts("application/x-www-form-urlencoded", "multipart/form-data")
@public
@blueprint.doc(responses={"200": PAGES, "404": PAGES})
def post_unsubscribe(token: str) -> Response:
    """End mail of this kind for this person. Mail programs call it too (`List-Unsubscribe=One-Click`)."""
    named = read_token(token, current_settings().secret_key)
    if named:
        act(unsubscribe, Unsubscribe(*named))
    return _page("done" if named else "unknown", named)


def _page(what: str, named: tuple[UUID, str] | None) -> Response:
    language = (look(language_of, named[0]) if named else None) or current_settings().language
    words = WORDS.get(language, WORDS["en"])
    kind = words["kinds"][named[1]] if named else ""
    page = render_template_string(PAGE, what=what, words=words, kind=kind, language=language)
    return make_response(page, 404 if what == "unknown" else 200)
