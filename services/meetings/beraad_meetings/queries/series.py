"""Reading series with their occurrences."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad.domain import NotFound
from beraad.http import page_of
from beraad.roster import groups_of
from beraad_meetings.domain.local_time import instant_of
from beraad_meetings.queries.meetings import meeting_summary
from beraad_meetings.storage.tables import meetings, series
from beraad_meetings.storage.work import Work


def one_series(work: Work, series_id: UUID) -> dict[str, Any]:
    """A series, its meetings in order, and where the wall clock was not plain. Raises `NotFound`."""
    row = work.session.execute(select(series).where(series.c.id == series_id)).one_or_none()
    work.authorize("series.read", row.group_id if row else None)
    if row is None:
        raise NotFound("no such series")
    query = select(meetings).where(meetings.c.series_id == series_id).order_by(meetings.c.occurs_at)
    found = [meeting_summary(meeting) for meeting in work.session.execute(query)]
    warnings = [
        {"code": one["local_time_warning"], "meeting_id": one["id"], "starts_at": one["starts_at"]}
        for one in found
        if one["local_time_warning"]
    ]
    return {**_summary(row), "meetings": found, "warnings": warnings}


def list_series(work: Work, group_id: UUID | None, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """The series of the caller's groups, in the order they were scheduled."""
    work.authorize("series.list")
    query = select(series)
    if not work.actor.administrator:
        query = query.where(series.c.group_id.in_(groups_of(work.session, work.actor)))
    if group_id is not None:
        query = query.where(series.c.group_id == group_id)
    return [_summary(row) for row in page_of(work.session, query, (series.c.id,), limit, cursor)]


def _summary(row: Row[Any]) -> dict[str, Any]:
    first = instant_of(datetime.combine(row.first_starts_on, row.start_time), row.time_zone)
    shown = {**row._mapping, "start_time": f"{row.start_time:%H:%M}"}  # noqa: SLF001 - documented
    return {**shown, "first_starts_at": first.starts_at}
