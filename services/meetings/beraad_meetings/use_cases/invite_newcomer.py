"""Somebody was seated, or coordinates: they are invited to what is still to come, the present state alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import invite_to_meeting, invite_to_series


@dataclass(frozen=True)
class InviteNewcomer:
    """Who was seated or has a role where."""

    group_id: UUID
    person_id: UUID


def invite_newcomer(command: InviteNewcomer, work: Work, now: datetime) -> None:
    """Running series and meetings to come; whoever is invited already, or only observes, hears nothing.

    The group is locked, so that one who is seated while a meeting is being scheduled is not missed.
    """
    work.roster.hold(command.group_id)
    if not work.roster.is_member(command.group_id, command.person_id):
        return
    for series in work.series.running(command.group_id, now):
        invite_to_series(series, work.meetings.of_series(series.id), [command.person_id], work, now)
    for meeting in work.meetings.to_come(command.group_id, now):
        invite_to_meeting(meeting, [command.person_id], work)
