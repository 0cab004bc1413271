"""What the caller may see: the rule of `meeting.read` as a filter, tested equal to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from beraad.roster import groups_of
from beraad_meetings.storage.tables import invitations, meetings
from beraad_meetings.storage.work import Work


def visible_meetings(work: Work) -> ColumnElement[bool]:
    """Meetings of the caller's groups, and those they are a guest of."""
    if work.actor.administrator:
        return true()
    mine = groups_of(work.session, work.actor)
    return or_(meetings.c.group_id.in_(mine), meetings.c.id.in_(invited_to(work)))


def invited_to(work: Work) -> Select[Any]:
    """The meetings the caller is invited to by themselves (not by a series)."""
    mine = (invitations.c.person_id == work.actor.person_id) & invitations.c.withdrawn_at.is_(None)
    return select(invitations.c.meeting_id).where(mine, invitations.c.meeting_id.is_not(None))
