"""Somebody's seat or role ended: their invitations as a member end, and they are told; their calendar of the group answers no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.invitations import Invitation
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.registrations import REGISTERED, Registration
from beraad_meetings.use_cases.hold_registered import hold_registered
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import confirm_places
from beraad_meetings.use_cases.uninvite import uninvite_from_meeting, uninvite_from_series


@dataclass(frozen=True)
class ReleaseMember:
    """Whose seat or role ended where."""

    group_id: UUID
    person_id: UUID


def release_member(command: ReleaseMember, work: Work, now: datetime) -> None:
    """Nothing while another seat or role makes them a member. Whoever registered for a meeting stays invited, as a guest."""
    if work.roster.is_member(command.group_id, command.person_id):
        return
    work.roster.hold(command.group_id)
    meetings = work.meetings.to_leave(command.group_id, command.person_id, now)
    places = _places(command, work, now)
    ended = work.invitations.withdraw(command.group_id, command.person_id, now)
    for place, meeting in places:
        place.invited = bool(confirm_places(meeting, [command.person_id], "registered", work))
    work.registrations.keep([place for place, _meeting in places])
    _uninvite(ended, meetings, command.person_id, work, now)
    work.calendar_feeds.revoke_of(command.group_id, command.person_id, now)


def _uninvite(
    ended: Sequence[Invitation], meetings: Sequence[Meeting], person_id: UUID, work: Work, now: datetime
) -> None:
    """From all that is to come but the meetings they are invited to by themselves still."""
    spared = work.invitations.to_each(meetings, person_id)
    coming = [one for one in meetings if one.is_to_come(now) and one.id not in spared]
    by_id = {one.id: one for one in coming}
    for one in ended:
        if one.meeting_id is None:
            gone = [meeting for meeting in coming if meeting.series_id == one.series_id]
            uninvite_from_series(one, gone, work, now)
        elif one.meeting_id in by_id:
            uninvite_from_meeting([one], by_id[one.meeting_id], work, now)


def _places(command: ReleaseMember, work: Work, now: datetime) -> list[tuple[Registration, Meeting]]:
    """Their places in meetings of the group that are still to come, by which nobody invited them so far."""
    return [
        (one, meeting)
        for one, meeting in hold_registered(command.person_id, work)
        if one.state == REGISTERED
        and not one.invited
        and meeting.group_id == command.group_id
        and meeting.is_to_come(now)
    ]
