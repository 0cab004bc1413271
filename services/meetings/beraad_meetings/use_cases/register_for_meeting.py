"""Register for a meeting that is open to all, or wait for a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.invitations import AlreadyInvited
from beraad_meetings.domain.meeting_states import MeetingHasBegun
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import Registration, RegistrationList, RegistrationNotOffered
from beraad_meetings.use_cases.fill_places import give_places
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class RegisterForMeeting:
    """Oneself, for which meeting."""

    meeting_id: UUID


def register_for_meeting(command: RegisterForMeeting, work: Work, now: datetime) -> Registration:
    """Safe to repeat: whoever is on the list keeps their place. Whoever is invited anyway takes none.

    The meeting is locked, so places are given one by one in the order in which people come. Raises
    `AlreadyInvited`, `RegistrationNotOffered`, `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`.
    """
    meeting = work.meetings.get_in_turn(command.meeting_id)
    places = offered(meeting, work)
    meeting.refuse("registration.join")
    if now >= meeting.starts_at:
        raise MeetingHasBegun
    mine = work.registrations.of(meeting.id, work.actor.person)
    if mine is not None:
        return mine
    if work.invitations.of(meeting, work.actor.person) is not None:
        raise AlreadyInvited
    return _arrive(meeting, places, work, now)


def offered(meeting: Meeting, work: Work) -> RegistrationList:
    """The list of a meeting that is open to all. Raises `RegistrationNotOffered`, to strangers `NotFound`."""
    places = work.registrations.list_of(meeting.id)
    work.authorize("registration.join", meeting.group_id, places is not None)
    if places is None:
        raise RegistrationNotOffered
    return places


def _arrive(meeting: Meeting, places: RegistrationList, work: Work, now: datetime) -> Registration:
    one = Registration(
        id=new_id(),
        meeting_id=meeting.id,
        person_id=work.actor.person,
        number=places.next_number(),
        registered_at=now,
    )
    work.registrations.keep_list(places)
    registered, waiting = work.registrations.counts(meeting.id)
    if places.free(registered):
        give_places([one], meeting, work)
    else:
        work.publish(one.wait(meeting, waiting + 1))
        work.registrations.keep([one])
    return one
