"""Why a mail did or did not come, for programs and for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request
from marshmallow import fields, pre_load, validate

from beraad.http import Answer, Blueprint, PageQuery, current_actor, look, requires
from beraad_notifications.api.pages import HTML, as_page
from beraad_notifications.domain.catalogue import ANY_KIND
from beraad_notifications.domain.deliveries import State
from beraad_notifications.queries.timeline import Asked, timeline

blueprint = Blueprint("timeline", __name__, url_prefix="/v1", description="Why a mail did or did not come")


class TimelineQuery(PageQuery):
    """All that is named must hold. With nothing: one's own mail."""

    delivery_id = fields.UUID(load_default=None)
    person = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=254),
        metadata={"description": "An id or a mail address; administrators may ask about anyone"},
    )
    event_id = fields.UUID(load_default=None)
    event_type = fields.String(
        load_default=None,
        validate=validate.Length(max=120),
        metadata={
            "description": "Tells why no mail tells such events",
            "example": "meetings.meeting.moved.v1",
        },
    )
    kind = fields.String(load_default=None, validate=validate.OneOf(sorted(ANY_KIND)))

    @pre_load
    def _leave_out_what_is_empty(self, sent: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        """A form sends every field."""
        return {name: value for name, value in sent.items() if value != ""}


class LineAnswer(Answer):
    """One thing that happened, or will."""

    what = fields.String(metadata={"description": "queued, deferred, held_back, accepted, failed …"})
    text = fields.String(metadata={"description": "A sentence, with times by the recipient's clock"})
    at = fields.AwareDateTime(allow_none=True)
    told = fields.String(metadata={"description": "The mail server's words"})
    next_at = fields.AwareDateTime(allow_none=True)


class StoryAnswer(Answer):
    """One mail to one person about one event."""

    id = fields.UUID()
    person_id = fields.UUID()
    person_name = fields.String()
    event_id = fields.UUID()
    kind = fields.String()
    state = fields.String(validate=validate.OneOf([state.value for state in State]))
    attempts = fields.Integer()
    steps = fields.List(fields.Nested(LineAnswer))
    next = fields.Nested(LineAnswer)


class WholeStoryAnswer(StoryAnswer):
    """With that of the digest it is told in."""

    digest = fields.Nested(StoryAnswer, allow_none=True)


class AskedPersonAnswer(Answer):
    """Whom it is about."""

    person_id = fields.UUID()
    name = fields.String()
    address = fields.String(metadata={"description": "Empty where it is not known"})
    erased = fields.Boolean()


class AskedEventAnswer(Answer):
    """What it is about."""

    event_id = fields.UUID()
    event_type = fields.String()
    kind = fields.String()
    audience = fields.String(metadata={"description": "Who is told of it"})
    group_id = fields.UUID(allow_none=True)
    noticed_at = fields.AwareDateTime()
    spread_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When people were told of it"})


class AbsenceAnswer(Answer):
    """Why there is no mail."""

    code = fields.String()
    text = fields.String()


class TimelineAnswer(Answer):
    """Stories, or why there are none."""

    person = fields.Nested(AskedPersonAnswer, allow_none=True)
    event = fields.Nested(AskedEventAnswer, allow_none=True)
    items = fields.List(fields.Nested(WholeStoryAnswer))
    absent = fields.List(fields.Nested(AbsenceAnswer))


@blueprint.get("/timeline")
@requires("timeline.read")
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.response(200, TimelineAnswer)
def get_timeline(query: dict[str, Any]) -> dict[str, Any]:
    """What happened to mails, step by step, and what happens next; or why there is none. Oldest first."""
    return look(timeline, **_asked(query))


@blueprint.get("/timeline.html")
@requires("timeline.read")
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.doc(responses={"200": HTML})
def get_timeline_page(query: dict[str, Any]) -> Response:
    """The same as a page, with a form to ask. In a browser open `/v1/screens/timeline`."""
    administrator = current_actor().administrator
    told = look(timeline, **_asked(query))
    more = {**request.args.to_dict(), "cursor": g.next_cursor} if g.get("next_cursor") else None
    return as_page(
        "timeline",
        **told,
        asked=request.args,
        kinds=sorted(ANY_KIND),
        search=administrator,
        more=more and f"?{urlencode(more)}",
    )


def _asked(query: dict[str, Any]) -> dict[str, Any]:
    """What is asked about, and which page of it."""
    page = {name: query.pop(name) for name in ("limit", "cursor")}
    return {"asked": Asked(**query), **page}
