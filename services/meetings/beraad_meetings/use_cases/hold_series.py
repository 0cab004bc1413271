"""Lock a whole series: its group, its meetings, then itself, in the order everybody locks them."""

from __future__ import annotations

from uuid import UUID

from beraad.domain import NotFound
from beraad.roster import KnownGroup
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.use_cases.ports import Work


def hold_series(series_id: UUID, action: str, work: Work) -> tuple[KnownGroup, list[Meeting], Series]:
    """The group, the meetings in order, and the series. Raises `NotFound`, `NotAllowed`."""
    group_id = work.series.group_of(series_id)
    work.authorize(action, group_id)
    if group_id is None:
        raise NotFound("no such series")
    group = work.roster.hold(group_id)
    meetings = work.meetings.hold_series(series_id)
    return group, meetings, work.series.get(series_id)
