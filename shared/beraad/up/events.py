"""A live view of what the services published, read from their logs in this process. Development only."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from beraad.messaging.outbox import stream_state
from beraad.perform import Store, reading
from beraad.storage.tables import outbox

blueprint = Blueprint("events", __name__)
SHOWN = 100
POLL_SECONDS = 2


@blueprint.get("/events")
def page() -> str:
    """The newest events of all services, refreshed while one looks."""
    return render_template("events.html")


@blueprint.get("/events/recent")
def recent() -> Response:
    """The newest events of all services, newest first. 304 while nothing happened; ask again after `poll_seconds`."""
    stores: list[Store[Any]] = [
        app.extensions["beraad.store"] for app in current_app.extensions["beraad.apps"].values()
    ]
    tag = sha256("|".join(_place(store) for store in stores).encode()).hexdigest()[:32]
    if tag in request.if_none_match:
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    events = [event for store in stores for event in _newest(store)]
    events.sort(
        key=lambda event: event["id"], reverse=True
    )  # UUIDv7: by the machine's time, whatever the domain's is
    response = jsonify(events=events[:SHOWN], poll_seconds=POLL_SECONDS)
    response.set_etag(tag)
    return response


def _place(store: Store[Any]) -> str:
    with reading(store) as work:
        state = stream_state(work.session, store.service)
    return f"{state.stream} {state.epoch}:{state.position}"


def _newest(store: Store[Any]) -> list[dict[str, Any]]:
    with reading(store) as work:
        return _rows(work.session, store.service)


def _rows(session: Session, stream: str) -> list[dict[str, Any]]:
    """Public events only: what is private is in no feed, and not here."""
    query = select(outbox).where(outbox.c.stream == stream, outbox.c.position.is_not(None))
    rows = session.execute(query.order_by(outbox.c.position.desc()).limit(SHOWN))
    return [
        {
            "id": str(row.event_id),
            "type": row.type,
            "subject": row.subject,
            "time": row.written_at.isoformat(),
            "position": row.position,
            "data": row.body,
        }
        for row in rows
    ]
