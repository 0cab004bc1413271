"""Somebody's seat ended: their invitations as a member end, and their calendar of the group answers no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class ReleaseMember:
    """Whose seat ended where."""

    group_id: UUID
    person_id: UUID


def release_member(command: ReleaseMember, work: Work, now: datetime) -> None:
    """Nothing while the person still holds another seat in the group."""
    if work.roster.is_seated(command.group_id, command.person_id):
        return
    work.invitations.withdraw(command.group_id, command.person_id, now)
    work.calendar_feeds.revoke_of(command.group_id, command.person_id, now)
