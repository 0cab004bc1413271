"""The development clock. Not mounted outside development."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from beraad.clock import move_clock
from beraad.http.blueprint import Blueprint
from beraad.http.context import act, current_store, look
from beraad.http.guards import requires
from beraad.http.schemas import Answer, Body
from beraad.perform import Work

blueprint = Blueprint(
    "development", __name__, url_prefix="/v1/development", description="Only in development"
)


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(now: datetime) -> None:
    """Far from either end of the calendar, so that terms and reminders can be reckoned from any moment."""
    if not EARLIEST <= now < LATEST:
        raise ValidationError(f"between {EARLIEST.year} and {LATEST.year}")


class ClockBody(Body):
    """Where domain time goes on from."""

    now = fields.AwareDateTime(required=True, validate=_within_reach)


class Clock(Answer):
    """Domain time, UTC."""

    now = fields.AwareDateTime()


@blueprint.get("/clock")
@requires("clock.read")
@blueprint.response(200, Clock)
def read_clock() -> dict[str, datetime]:
    """Domain time as this service sees it."""
    return {"now": look(_now)}


@blueprint.put("/clock")
@requires("clock.move")
@blueprint.arguments(ClockBody)
@blueprint.response(200, Clock)
def put_clock(body: dict[str, Any]) -> dict[str, datetime]:
    """Let this service's domain time continue from `now`. Tokens and mail stay on real time.

    What has fallen due by then is done at once.
    """
    moved = act(_move, body["now"])
    current_store().bell.ring()
    return {"now": moved}


def _now(work: Work) -> datetime:
    work.authorize("clock.read")
    return work.now


def _move(to: datetime, work: Work, _now: datetime) -> datetime:
    work.authorize("clock.move")
    move_clock(work.session, to)
    return to
