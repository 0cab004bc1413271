"""Calendar feeds: a secret address a calendar program reads."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response

from beraad.http import Blueprint, PageQuery, act, look, public, requires
from beraad_meetings.api import people_schemas as shape
from beraad_meetings.queries.calendar_feeds import calendar_behind, list_feeds
from beraad_meetings.use_cases.offer_calendar_feed import (
    OfferCalendarFeed,
    RevokeCalendarFeed,
    offer_calendar_feed,
    revoke_calendar_feed,
)

blueprint = Blueprint("calendars", __name__, url_prefix="/v1", description="Calendars to subscribe to")


@blueprint.post("/calendar-feeds")
@requires("calendar_feed.create")
@blueprint.arguments(shape.FeedBody)
@blueprint.response(201, shape.FeedCreated)
def post_feed(body: dict[str, Any]) -> dict[str, Any]:
    """Make a feed. Its address is shown this once."""
    feed, url = act(offer_calendar_feed, OfferCalendarFeed(**body))
    addresses = {"url": url, "webcal_url": f"webcal{url[url.index('://') :]}"}
    return {"id": feed.id, "group_id": feed.group_id, "created_at": feed.created_at, **addresses}


@blueprint.get("/calendar-feeds")
@requires("calendar_feed.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.FeedsAnswer)
def get_feeds(query: dict[str, Any]) -> dict[str, Any]:
    """The caller's feeds in force."""
    return {"items": look(list_feeds, **query)}


@blueprint.delete("/calendar-feeds/<uuid:feed_id>")
@requires("calendar_feed.revoke")
@blueprint.response(204)
def delete_feed(feed_id: UUID) -> Response:
    """Its address answers no more."""
    act(revoke_calendar_feed, RevokeCalendarFeed(feed_id))
    return Response(status=204)


@blueprint.get("/calendars/<string:token>.ics")
@public
@blueprint.response(200, {"type": "string"}, content_type="text/calendar")
def get_calendar(token: str) -> Response:
    """The calendar behind a secret address; unknown and revoked answer alike."""
    text = look(calendar_behind, token)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(sha256(text.encode()).hexdigest()[:32])
    return response
