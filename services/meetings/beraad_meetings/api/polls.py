"""Date polls, and one's availability for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.http import Blueprint, act, located, look, requires, tag_by_content
from beraad_meetings.api import poll_schemas as shape
from beraad_meetings.domain.availability import Range
from beraad_meetings.domain.double_booking import Span
from beraad_meetings.queries.polls import list_polls, my_availability, one_poll
from beraad_meetings.use_cases.answer_poll import AnswerPoll, answer_poll
from beraad_meetings.use_cases.book_poll import BookPoll, book_poll
from beraad_meetings.use_cases.close_poll import ClosePoll, close_poll
from beraad_meetings.use_cases.open_poll import OpenPoll, open_poll
from beraad_meetings.use_cases.state_availability import StateAvailability, state_availability

blueprint = Blueprint("polls", __name__, url_prefix="/v1", description="Which date suits the group")


@blueprint.post("/polls")
@requires("poll.open")
@blueprint.arguments(shape.PollBody)
@blueprint.response(201, shape.PollAnswer)
def post_poll(body: dict[str, Any]) -> dict[str, Any]:
    """Ask the group which of several slots suits."""
    slots = [_start(slot, number) for number, slot in enumerate(body.pop("slots"))]
    poll = act(open_poll, OpenPoll(slots=slots, **body))
    located(f"/v1/polls/{poll.id}")
    return _shown(poll.id)


@blueprint.get("/polls")
@requires("poll.list")
@blueprint.arguments(shape.PollsQuery, location="query")
@blueprint.response(200, shape.PollsAnswer)
def get_polls(query: dict[str, Any]) -> dict[str, Any]:
    """The polls of the caller's groups."""
    return {"items": look(list_polls, **query)}


@blueprint.get("/polls/<uuid:poll_id>")
@requires("poll.read")
@blueprint.response(200, shape.PollAnswer)
def get_poll(poll_id: UUID) -> dict[str, Any]:
    """A poll with its result as it stands: who can come when, what is excluded and why, and the order of what is left."""
    return _shown(poll_id)


@blueprint.put("/polls/<uuid:poll_id>/answers/me")
@requires("poll.answer")
@blueprint.arguments(shape.AnswersBody)
@blueprint.response(200, shape.PollAnswer)
def put_my_answers(body: dict[str, Any], poll_id: UUID) -> dict[str, Any]:
    """Say which slots suit, in place of what one said before; slots that are not named follow one's availability."""
    answers = {one["slot_id"]: one["answer"] for one in body["answers"]}
    if len(answers) < len(body["answers"]):
        raise InvalidRequest("a slot is answered twice", pointer="/answers")
    act(answer_poll, AnswerPoll(poll_id, answers))
    return _shown(poll_id)


@blueprint.post("/polls/<uuid:poll_id>/book")
@requires("poll.book")
@blueprint.arguments(shape.BookBody)
@blueprint.response(200, shape.PollAnswer)
def post_book(body: dict[str, Any], poll_id: UUID) -> dict[str, Any]:
    """Schedule the meeting in a slot, the first-ranked if none is named, and invite the group; the poll closes."""
    act(book_poll, BookPoll(poll_id, **body))
    return _shown(poll_id)


@blueprint.post("/polls/<uuid:poll_id>/close")
@requires("poll.close")
@blueprint.response(200, shape.PollAnswer)
def post_poll_close(poll_id: UUID) -> dict[str, Any]:
    """Close the poll without a meeting."""
    act(close_poll, ClosePoll(poll_id))
    return _shown(poll_id)


@blueprint.get("/availability/me")
@requires("availability.state")
@blueprint.response(200, shape.AvailabilityAnswer)
def get_my_availability() -> dict[str, Any]:
    """When the caller said they can come."""
    return look(my_availability)


@blueprint.put("/availability/me")
@requires("availability.state")
@blueprint.arguments(shape.AvailabilityBody)
@blueprint.response(200, shape.AvailabilityAnswer)
def put_my_availability(body: dict[str, Any]) -> dict[str, Any]:
    """Say once when one can come: it answers every slot of the polls of one's groups that one has not answered there."""
    ranges = [Range(Span(one["starts_at"], one["ends_at"]), one["answer"]) for one in body["ranges"]]
    act(state_availability, StateAvailability(ranges))
    return look(my_availability)


def _shown(poll_id: UUID) -> dict[str, Any]:
    """Availability changes what it shows without another revision."""
    poll = look(one_poll, poll_id)
    tag_by_content()
    return poll


def _start(slot: dict[str, Any], number: int) -> datetime:
    """An instant, or a naive wall clock."""
    day, time = slot.get("starts_on"), slot.get("start_time")
    starts_at: datetime | None = slot.get("starts_at")
    if starts_at is not None and day is None and time is None:
        return starts_at
    if starts_at is None and day is not None and time is not None:
        return datetime.combine(day, time)
    raise InvalidRequest("name starts_at, or starts_on with start_time", pointer=f"/slots/{number}")
