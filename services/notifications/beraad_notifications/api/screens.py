"""The addresses to open in a browser that is signed in: they show the pages of this service, and tell nothing themselves."""

from __future__ import annotations

from flask import Response

from beraad.domain import NotFound
from beraad.http import Blueprint, public
from beraad.http.context import current_settings
from beraad_notifications.api.pages import HTML, as_page, screen_script

blueprint = Blueprint("screens", __name__, url_prefix="/v1/screens", description="Pages about mail")
SCRIPT = {"description": "The script", "content": {"text/javascript": {"schema": {"type": "string"}}}}
PAGES = ("timeline", "overview", "templates")


@blueprint.get("/<string:page>")
@public
@blueprint.doc(responses={"200": HTML})
def get_mail_screen(page: str) -> Response:
    """`timeline`, `overview` or `templates`, for whoever is signed in."""
    if page not in PAGES:
        raise NotFound("there is no such page")
    return as_page("screen", page=page, frontend=current_settings().frontend_url)


@blueprint.get("/screen.js")
@public
@blueprint.doc(responses={"200": SCRIPT})
def get_mail_screen_script() -> Response:
    """What those pages do."""
    return Response(screen_script(), content_type="text/javascript; charset=utf-8")
