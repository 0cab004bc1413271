"""Registration where a meeting is open to all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad.http import Blueprint, PageQuery, act, look, requires
from beraad_meetings.api import registration_schemas as shape
from beraad_meetings.queries.registrations import list_registrations, registration_of
from beraad_meetings.use_cases.open_registration import OpenRegistration, open_registration
from beraad_meetings.use_cases.register_for_meeting import RegisterForMeeting, register_for_meeting
from beraad_meetings.use_cases.withdraw_registration import WithdrawRegistration, withdraw_registration

blueprint = Blueprint(
    "registrations", __name__, url_prefix="/v1/meetings", description="Places in meetings open to all"
)


@blueprint.put("/<uuid:meeting_id>/registration")
@requires("registration.open")
@blueprint.arguments(shape.RegistrationBody)
@blueprint.response(200, shape.RegistrationAnswer)
def put_registration(body: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Open the meeting to all with so many places, or change how many; more places go to those who wait."""
    act(open_registration, OpenRegistration(meeting_id, **body))
    return look(registration_of, meeting_id)


@blueprint.put("/<uuid:meeting_id>/registrations/me")
@requires("registration.join")
@blueprint.response(200, shape.RegistrationAnswer)
def put_my_registration(meeting_id: UUID) -> dict[str, Any]:
    """Register oneself; where all places are taken, wait for one."""
    act(register_for_meeting, RegisterForMeeting(meeting_id))
    return look(registration_of, meeting_id)


@blueprint.delete("/<uuid:meeting_id>/registrations/me")
@requires("registration.join")
@blueprint.response(200, shape.RegistrationAnswer)
def delete_my_registration(meeting_id: UUID) -> dict[str, Any]:
    """Withdraw; the place goes to who waits longest."""
    act(withdraw_registration, WithdrawRegistration(meeting_id))
    return look(registration_of, meeting_id)


@blueprint.get("/<uuid:meeting_id>/registrations")
@requires("registration.list")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, shape.RegistrationsAnswer)
def get_registrations(query: dict[str, Any], meeting_id: UUID) -> dict[str, Any]:
    """Everybody who registered or waits, in the order of arrival."""
    return {"items": look(list_registrations, meeting_id, **query)}
