"""What the caller may see: the rule of `meeting.read` as a filter, tested equal to it."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from beraad_meetings.storage.visible import visible_meetings_of
from beraad_meetings.storage.work import Work


def visible_meetings(work: Work) -> ColumnElement[bool]:
    """Meetings of the caller's groups, those they are a guest of, and those that are open to all."""
    return visible_meetings_of(work.session, work.actor)
