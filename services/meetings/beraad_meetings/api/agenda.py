"""The agenda of a meeting. Every change answers with the whole meeting and its new ETag."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, act, if_match, located, look, requires
from beraad_meetings.api import meeting_schemas as shape
from beraad_meetings.queries.agenda import suggested_items
from beraad_meetings.queries.meetings import one_meeting
from beraad_meetings.use_cases.change_agenda import (
    AddAgendaItem,
    ChangeAgendaItem,
    RemoveAgendaItem,
    add_agenda_item,
    change_agenda_item,
    remove_agenda_item,
)
from beraad_meetings.use_cases.publish_agenda import PublishAgenda, publish_agenda
from beraad_meetings.use_cases.run_agenda import (
    CloseAgendaItem,
    StartAgendaItem,
    close_agenda_item,
    start_agenda_item,
)

blueprint = Blueprint("agenda", __name__, url_prefix="/v1", description="What a meeting treats")


@blueprint.post("/meetings/<uuid:meeting_id>/agenda-items")
@requires("agenda.change")
@blueprint.arguments(shape.AgendaItemBody)
@blueprint.response(201, shape.MeetingAnswer)
def post_agenda_item(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Put an item last on the agenda, or last within another."""
    act(add_agenda_item, AddAgendaItem(meeting_id=meeting_id, **body))
    located(f"/v1/meetings/{meeting_id}")
    return look(one_meeting, meeting_id)


@blueprint.patch("/agenda-items/<uuid:item_id>")
@requires("agenda.change")
@blueprint.arguments(shape.AgendaItemChanges)
@blueprint.response(200, shape.MeetingAnswer)
def patch_agenda_item(changes: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """Change an item (If-Match with the meeting's revision required)."""
    meeting = act(change_agenda_item, ChangeAgendaItem(item_id, changes, if_match()))
    return look(one_meeting, meeting.id)


@blueprint.delete("/agenda-items/<uuid:item_id>")
@requires("agenda.change")
@blueprint.response(200, shape.MeetingAnswer)
def delete_agenda_item(item_id: UUID) -> dict[str, Any]:
    """Take an item off the agenda."""
    meeting = act(remove_agenda_item, RemoveAgendaItem(item_id))
    return look(one_meeting, meeting.id)


@blueprint.post("/meetings/<uuid:meeting_id>/agenda/publish")
@requires("agenda.publish")
@blueprint.response(200, shape.MeetingAnswer)
def post_agenda_publish(meeting_id: UUID) -> dict[str, Any]:
    """The agenda is ready to be read."""
    act(publish_agenda, PublishAgenda(meeting_id))
    return look(one_meeting, meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>/agenda/suggestions")
@requires("agenda.change")
@blueprint.response(200, shape.SuggestedItems)
def get_suggestions(meeting_id: UUID) -> dict[str, Any]:
    """What could be put on it: decisions whose review is due, proposals the group is asked to approve."""
    return {"items": look(suggested_items, meeting_id)}


@blueprint.post("/agenda-items/<uuid:item_id>/start")
@requires("agenda.run")
@blueprint.arguments(shape.StartBody)
@blueprint.response(200, shape.MeetingAnswer)
def post_start(body: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """This item is on. One is at a time: of two started at once, one is refused."""
    meeting = act(start_agenda_item, StartAgendaItem(item_id, **body))
    return look(one_meeting, meeting.id)


@blueprint.post("/agenda-items/<uuid:item_id>/close")
@requires("agenda.run")
@blueprint.response(200, shape.MeetingAnswer)
def post_item_close(item_id: UUID) -> dict[str, Any]:
    """This item is over; without a quorum at this moment it is `inquorate`."""
    meeting = act(close_agenda_item, CloseAgendaItem(item_id))
    return look(one_meeting, meeting.id)
