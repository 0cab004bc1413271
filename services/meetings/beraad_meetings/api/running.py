"""The view of whoever leads a meeting that is on."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response, g, request
from marshmallow import fields

from beraad.http import Answer, Blueprint, look, public, requires
from beraad_meetings.api.meeting_schemas import AgendaItemAnswer
from beraad_meetings.api.people_schemas import QuorumAtAnswer
from beraad_meetings.documents import running_html, screen_html, screen_script
from beraad_meetings.queries.running import readers_language, running_view, steady

blueprint = Blueprint("running", __name__, url_prefix="/v1/meetings", description="A meeting that is on")
HTML = {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}}
SCRIPT = {"description": "The script", "content": {"text/javascript": {"schema": {"type": "string"}}}}
LEFT = {"description": "Negative once it is over; worked out from `ends_at` when the answer was made"}


class PresentAnswer(Answer):
    """Somebody who is there."""

    person_id = fields.UUID()
    name = fields.String()
    counts = fields.Boolean()


class RunningItemAnswer(AgendaItemAnswer):
    """The item that is on."""

    ends_at = fields.AwareDateTime(metadata={"description": "Its start and its minutes"})
    seconds_left = fields.Integer(metadata=LEFT)


class RunningAnswer(Answer):
    """What is on, the time left, who is there, whether there is a quorum, and what comes next."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    title = fields.String()
    state = fields.String()
    time_zone = fields.String()
    now = fields.AwareDateTime()
    opened_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    seconds_left = fields.Integer(metadata=LEFT)
    item = fields.Nested(RunningItemAnswer, allow_none=True)
    next_item = fields.Nested(AgendaItemAnswer, allow_none=True)
    items = fields.List(fields.Nested(AgendaItemAnswer))
    quorum = fields.Nested(QuorumAtAnswer)
    present = fields.List(
        fields.Nested(PresentAnswer),
        metadata={"description": "By name; empty where they are more than a hundred"},
    )
    present_count = fields.Integer()
    ask_again_after = fields.Integer(metadata={"description": "Seconds"})


@blueprint.get("/<uuid:meeting_id>/running")
@requires("running.read")
@blueprint.response(200, RunningAnswer)
def get_running(meeting_id: UUID) -> dict[str, Any]:
    """All that whoever leads the meeting looks at, in one call. The ETag changes when something happens, not with the clock."""
    view = look(running_view, meeting_id)
    g.etag = sha256(repr(steady(view)).encode()).hexdigest()[:32]
    return view


@blueprint.get("/<uuid:meeting_id>/running.html")
@requires("running.read")
@blueprint.doc(responses={"200": HTML})
def get_running_page(meeting_id: UUID) -> Response:
    """The same as a page to look at, in the language of whoever asks, without script."""
    page = running_html(look(running_view, meeting_id), look(readers_language))
    g.etag = None
    return Response(
        page, content_type="text/html; charset=utf-8", headers={"Cache-Control": "private, no-cache"}
    )


@blueprint.get("/<uuid:meeting_id>/screen")
@public
@blueprint.doc(responses={"200": HTML})
def get_screen(meeting_id: UUID) -> Response:
    """The address to open in a browser that is signed in: it shows the page and keeps it up to date. It tells nothing itself."""
    page = screen_html(request.accept_languages)
    return Response(page, content_type="text/html; charset=utf-8", headers={"Vary": "Accept-Language"})


@blueprint.get("/screen.js")
@public
@blueprint.doc(responses={"200": SCRIPT})
def get_screen_script() -> Response:
    """What that page does."""
    return Response(screen_script(), content_type="text/javascript; charset=utf-8")
