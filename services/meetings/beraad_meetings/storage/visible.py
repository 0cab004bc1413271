"""Which meetings somebody may see, as a filter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from beraad.domain import Actor
from beraad.roster import groups_of
from beraad_meetings.storage.tables import invitations, meetings, registration_lists


def visible_meetings_of(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Meetings of the actor's groups, those they are a guest of, and those that are open to all."""
    if actor.administrator:
        return true()
    mine = groups_of(session, actor)
    own = [meetings.c.group_id.in_(mine), meetings.c.id.in_(invited_alone(actor))]
    return or_(*own, meetings.c.id.in_(select(registration_lists.c.meeting_id)))


def invited_alone(actor: Actor) -> Select[Any]:
    """The meetings the actor is invited to by themselves (not by a series)."""
    mine = (invitations.c.person_id == actor.person_id) & invitations.c.withdrawn_at.is_(None)
    return select(invitations.c.meeting_id).where(mine, invitations.c.meeting_id.is_not(None))
