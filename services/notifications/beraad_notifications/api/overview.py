"""How mail goes, at a glance."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, look, requires
from beraad_notifications.api.pages import HTML, as_page
from beraad_notifications.domain.channels import ChannelState
from beraad_notifications.queries.overview import overview

blueprint = Blueprint("overview", __name__, url_prefix="/v1", description="How mail goes")


class QueueAnswer(Answer):
    """What is due and not sent yet."""

    due = fields.Integer()
    oldest_seconds = fields.Float(allow_none=True)
    p95_seconds = fields.Float(allow_none=True, metadata={"description": "95 of 100 are younger"})
    later = fields.Integer(metadata={"description": "To be tried again, or after quiet hours"})
    without_address = fields.Integer(metadata={"description": "Membership has not told where to"})


class NamedCount(Answer):
    """How many there are of one."""

    name = fields.String()
    count = fields.Integer()


class CodeCount(Answer):
    """How often mail servers answered so."""

    code = fields.String(
        metadata={"description": "Of SMTP; `none`: no answer, `other`: a code no standard has"}
    )
    count = fields.Integer()


class WaitingDigests(Answer):
    """What waits to be told together."""

    waiting = fields.Integer()
    next_at = fields.AwareDateTime(allow_none=True)


class OverviewChannel(Answer):
    """Whether mail goes out."""

    state = fields.String(validate=validate.OneOf([state.value for state in ChannelState]))
    reason = fields.String(
        metadata={"description": "Why not: the mail server's words, or an administrator's"}
    )
    since = fields.AwareDateTime(allow_none=True)
    next_trial_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Empty where it was paused by hand"}
    )


class OverviewAnswer(Answer):
    """As of `at`."""

    at = fields.AwareDateTime()
    channel = fields.Nested(OverviewChannel)
    queue = fields.Nested(QueueAnswer)
    states = fields.List(fields.Nested(NamedCount))
    codes = fields.List(fields.Nested(CodeCount), metadata={"description": "Of the last 24 hours"})
    uncertain = fields.Integer(metadata={"description": "Deliveries of which it was ever in doubt"})
    suppressed = fields.List(fields.Nested(NamedCount), metadata={"description": "By reason"})
    refused_addresses = fields.Integer()
    digests = fields.Nested(WaitingDigests)
    untold = fields.Integer(metadata={"description": "Events nobody has been told of yet"})


@blueprint.get("/overview")
@requires("overview.read")
@blueprint.response(200, OverviewAnswer)
def get_overview() -> dict[str, Any]:
    """The queue and its age, states, what mail servers answered, what is held back."""
    return look(overview)


@blueprint.get("/overview.html")
@requires("overview.read")
@blueprint.doc(responses={"200": HTML})
def get_overview_page() -> Response:
    """The same as a page. In a browser open `/v1/screens/overview`."""
    return as_page("overview", search=True, **look(overview))
