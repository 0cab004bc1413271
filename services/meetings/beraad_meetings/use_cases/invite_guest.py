"""Invite a guest or an expert to one meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotYetKnown
from beraad_meetings.domain.invitations import AlreadyInvited
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.refuse_double_booking import refuse_double_booking
from beraad_meetings.use_cases.tell_invitees import invite_to_meeting


@dataclass(frozen=True)
class InviteGuest:
    """`role`: guest or expert. Neither counts for the quorum."""

    meeting_id: UUID
    person_id: UUID
    role: str
    despite_conflicts: str | None = None


def invite_guest(command: InviteGuest, work: Work, now: datetime) -> Meeting:
    """The guest gets the meeting's present state alone.

    Raises `AlreadyInvited`, `MeetingIsOver`, `MeetingIsCancelled`, `NotYetKnown`, `NotFound`,
    `DoubleBooking`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("guest.invite", meeting.group_id)
    meeting.refuse("guest.invite")
    if not work.roster.knows(command.person_id):
        raise NotYetKnown(f"the person {command.person_id} is not known here (yet)")
    if work.invitations.of(meeting, command.person_id) is not None:
        raise AlreadyInvited
    refuse_double_booking([meeting], [command.person_id], command.despite_conflicts, work, now)
    invite_to_meeting(meeting, [command.person_id], work, command.role)
    return meeting
