"""The event feed: the service's log over HTTP, for services, repair, rebuild and integrators."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate
from sqlalchemy import func, select

from beraad.domain import NoLongerKept
from beraad.http.blueprint import Blueprint
from beraad.http.context import act, current_store, look
from beraad.http.guards import requires
from beraad.http.schemas import Answer, Query
from beraad.messaging.archive import archived_through
from beraad.messaging.envelope import PRIVATE_SUFFIX
from beraad.messaging.outbox import confirm, events_after, shared_since, stream_state
from beraad.perform import Work
from beraad.storage.tables import parked

blueprint = Blueprint("feed", __name__, url_prefix="/v1", description="What happened, in order")
MAX_EVENTS = 500
MAX_SHOWN = 100


class FeedQuery(Query):
    """Where to go on, and what to leave out."""

    after = fields.String(load_default="1:0", validate=validate.Regexp(r"^\d{1,9}:\d{1,18}$"))
    type = fields.List(fields.String(validate=validate.Length(max=120)), load_default=[])
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=MAX_EVENTS))


class Feed(Answer):
    """A stretch of the log: `position` is the last one the stream has.

    `epoch` is later than the one asked for where the service was restored from a backup. Then the stretch is from the
    beginning, and `shared` says up to where the log is still what it was in the epoch asked for.
    """

    epoch = fields.Integer()
    position = fields.Integer()
    shared = fields.Integer()
    events = fields.List(fields.Dict(), metadata={"description": "CloudEvents 1.0, structured mode"})


class EventsArchived(NoLongerKept):
    """The events asked for have left the log for the archive."""


class ParkedEvent(Answer):
    """One event put aside, and why."""

    stream = fields.String()
    position = fields.Integer()
    subject = fields.String()
    type = fields.String()
    reason = fields.String()
    parked_at = fields.AwareDateTime()


class ParkedEvents(Answer):
    """How many are parked, and the first hundred."""

    count = fields.Integer()
    items = fields.List(fields.Nested(ParkedEvent))


class Confirmation(Query):
    """Everything up to this position is safely stored by the reader."""

    through = fields.Integer(required=True, validate=validate.Range(min=0, max=2**62))


@blueprint.get("/events")
@requires("feed.read")
@blueprint.doc(security=[{"bearer": []}, {"api_key": []}])
@blueprint.arguments(FeedQuery, location="query")
@blueprint.response(200, Feed)
def read_feed(query: dict[str, Any]) -> dict[str, Any]:
    """Events after `EPOCH:POSITION`, oldest first. A later epoch starts again at its first position."""
    return look(_stretch, current_store().service, query)


@blueprint.get("/parked")
@requires("parked.read")
@blueprint.response(200, ParkedEvents)
def read_parked() -> dict[str, Any]:
    """Events that could not be applied here, and those waiting behind them, in order."""
    return look(_parked)


@blueprint.get("/private-events")
@requires("feed.read_private")
@blueprint.arguments(FeedQuery, location="query")
@blueprint.response(200, Feed)
def read_private_feed(query: dict[str, Any]) -> dict[str, Any]:
    """What is said in private, for the one service that reads it; forgotten once confirmed."""
    return look(_stretch, current_store().service + PRIVATE_SUFFIX, query)


@blueprint.delete("/private-events")
@requires("feed.read_private")
@blueprint.arguments(Confirmation, location="query")
@blueprint.response(204)
def confirm_private_feed(query: dict[str, Any]) -> Response:
    """Forget the bodies up to that position."""
    act(_confirm, query["through"])
    return Response(status=204)


def _confirm(through: int, work: Work, _now: object) -> None:
    _authorize(work, private=True)
    confirm(work.session, current_store().service + PRIVATE_SUFFIX, through)


def _stretch(work: Work, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    _authorize(work, private=stream.endswith(PRIVATE_SUFFIX))
    epoch, after = (int(part) for part in query["after"].split(":"))
    state = stream_state(work.session, stream)
    start = after if epoch == state.epoch else 0
    _refuse_archived(work, stream, start)
    events = events_after(work.session, stream, start, query["limit"], tuple(query["type"]))
    shared = shared_since(work.session, stream, epoch)
    told = [event.to_json() for event in events]
    return {"epoch": state.epoch, "position": state.position, "shared": shared, "events": told}


def _refuse_archived(work: Work, stream: str, start: int) -> None:
    archived = archived_through(work.session, stream)
    if start < archived:
        raise EventsArchived(
            f"the events up to {archived} are in the archive; `beraad bus unarchive` brings them back",
            archived_through=archived,
        )


def _parked(work: Work) -> dict[str, Any]:
    work.authorize("parked.read")
    count = work.session.execute(select(func.count()).select_from(parked)).scalar_one()
    query = select(parked).order_by(parked.c.stream, parked.c.epoch, parked.c.position).limit(MAX_SHOWN)
    return {"count": count, "items": [dict(row._mapping) for row in work.session.execute(query)]}  # noqa: SLF001


def _authorize(work: Work, *, private: bool) -> None:
    work.authorize("feed.read_private" if private else "feed.read", resource=current_store().service)
