"""The aggregates are plain dataclasses; here they meet the tables."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers, registry, relationship

from beraad_meetings.domain.agenda import AgendaItem
from beraad_meetings.domain.calendar_feeds import CalendarFeed
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.minutes import Minutes, MinutesVersion
from beraad_meetings.domain.polls import Poll, PollSlot
from beraad_meetings.domain.series import Series
from beraad_meetings.storage import tables

mapper = registry(metadata=tables.metadata)
CHILDREN = {"lazy": "raise", "cascade": "all, delete-orphan"}

mapper.map_imperatively(Series, tables.series)
mapper.map_imperatively(AgendaItem, tables.agenda_items)
mapper.map_imperatively(
    Meeting,
    tables.meetings,
    properties={
        "agenda": relationship(AgendaItem, order_by=tables.agenda_items.c.position, **CHILDREN),  # type: ignore[arg-type]
    },
)
mapper.map_imperatively(MinutesVersion, tables.minutes_versions)
mapper.map_imperatively(
    Minutes,
    tables.minutes,
    properties={
        "versions": relationship(MinutesVersion, order_by=tables.minutes_versions.c.version, **CHILDREN),  # type: ignore[arg-type]
    },
)
mapper.map_imperatively(PollSlot, tables.poll_slots)
mapper.map_imperatively(
    Poll,
    tables.polls,
    properties={
        "slots": relationship(PollSlot, order_by=tables.poll_slots.c.starts_at, **CHILDREN),  # type: ignore[arg-type]
    },
)
mapper.map_imperatively(CalendarFeed, tables.calendar_feeds)
configure_mappers()
