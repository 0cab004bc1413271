"""Somebody's seat ended: their invitations as a member end, and their calendar of the group answers no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import REGISTERED, Registration
from beraad_meetings.use_cases.hold_registered import hold_registered
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import confirm_places


@dataclass(frozen=True)
class ReleaseMember:
    """Whose seat ended where."""

    group_id: UUID
    person_id: UUID


def release_member(command: ReleaseMember, work: Work, now: datetime) -> None:
    """Nothing while the person still holds another seat in the group. Whoever registered for a meeting stays invited, as a guest."""
    if work.roster.is_seated(command.group_id, command.person_id):
        return
    places = _places(command, work, now)
    work.invitations.withdraw(command.group_id, command.person_id, now)
    for place, meeting in places:
        place.invited = bool(confirm_places(meeting, [command.person_id], "registered", work))
    work.registrations.keep([place for place, _meeting in places])
    work.calendar_feeds.revoke_of(command.group_id, command.person_id, now)


def _places(command: ReleaseMember, work: Work, now: datetime) -> list[tuple[Registration, Meeting]]:
    """Their places in meetings of the group that are still to come, by which nobody invited them so far."""
    return [
        (one, meeting)
        for one, meeting in hold_registered(command.person_id, work)
        if one.state == REGISTERED
        and not one.invited
        and meeting.group_id == command.group_id
        and meeting.state == PLANNED
        and meeting.starts_at > now
    ]
