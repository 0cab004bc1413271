"""Withdraw one's registration: the place goes to who waits longest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import REGISTERED, Registration
from beraad_meetings.use_cases.fill_places import fill_places
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.register_for_meeting import offered
from beraad_meetings.use_cases.uninvite import uninvite_from_meeting


@dataclass(frozen=True)
class WithdrawRegistration:
    """One's own, from which meeting."""

    meeting_id: UUID


def withdraw_registration(command: WithdrawRegistration, work: Work, now: datetime) -> None:
    """Safe to repeat. Raises `RegistrationNotOffered`, `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.get_in_turn(command.meeting_id)
    offered(meeting, work)
    meeting.refuse("registration.withdraw")
    mine = work.registrations.of(meeting.id, work.actor.person)
    if mine is not None:
        leave_list(mine, meeting, work, now)


def leave_list(one: Registration, meeting: Meeting, work: Work, now: datetime) -> None:
    """Take somebody off the list; whoever was invited by registering is no guest any more, and told. The meeting is locked.

    Who is a member of the group by now stays invited: to the meeting, or to its series, which has it in their calendar.
    """
    work.registrations.remove(one)
    work.publish(one.withdraw(meeting))
    member = meeting.series_id is None and work.roster.is_member(meeting.group_id, one.person_id)
    if one.invited and member:
        work.invitations.hold_by_seat(meeting.id, one.person_id)
    elif one.invited:
        ended = work.invitations.withdraw_guest(meeting.id, one.person_id, now)
        if work.invitations.of(meeting, one.person_id) is None:
            uninvite_from_meeting(ended, meeting, work, now)
    if one.state == REGISTERED:
        fill_places(meeting, work, now)
