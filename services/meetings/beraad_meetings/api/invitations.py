"""Who is invited, and who comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, PageQuery, act, located, look, requires
from beraad_meetings.api import meeting_schemas
from beraad_meetings.api import people_schemas as shape
from beraad_meetings.queries.invitations import list_invitations
from beraad_meetings.queries.meetings import one_meeting
from beraad_meetings.use_cases.answer_invitation import AnswerInvitation, answer_invitation
from beraad_meetings.use_cases.invite_guest import InviteGuest, invite_guest

blueprint = Blueprint("invitations", __name__, url_prefix="/v1/meetings", description="Who comes")


@blueprint.post("/<uuid:meeting_id>/guests")
@requires("guest.invite")
@blueprint.arguments(shape.GuestBody)
@blueprint.response(201, meeting_schemas.MeetingAnswer)
def post_guest(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Invite a guest or an expert to this one meeting."""
    act(invite_guest, InviteGuest(meeting_id, **body))
    located(f"/v1/meetings/{meeting_id}/invitations")
    return look(one_meeting, meeting_id)


@blueprint.get("/<uuid:meeting_id>/invitations")
@requires("invitation.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.InvitationsAnswer)
def get_invitations(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Everyone invited, with their answers."""
    return {"items": look(list_invitations, meeting_id, **query)}


@blueprint.put("/<uuid:meeting_id>/invitations/me")
@requires("invitation.answer")
@blueprint.arguments(shape.AnswerBody)
@blueprint.response(200, shape.AnsweredMeeting)
def put_my_answer(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Say whether one comes; a later answer replaces it, and another start or end of the meeting voids it."""
    elsewhere = act(answer_invitation, AnswerInvitation(meeting_id, **body))
    return {**look(one_meeting, meeting_id), "warnings": [one.to_document() for one in elsewhere]}
