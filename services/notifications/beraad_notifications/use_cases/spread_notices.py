"""Queue a delivery for everyone an event is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class SpreadNotices:
    """At most so many notices, at this (real) time; `roster_complete_at` is when our roster last had all there was."""

    limit: int
    at: datetime
    roster_complete_at: datetime | None = None


def spread_notices(command: SpreadNotices, work: Work, _now: datetime) -> int:
    """How many notices were spread. Once each, however many workers ask."""
    ready = work.notices.ready(command.limit, command.at, command.roster_complete_at)
    for notice in ready:
        work.deliveries.queue(notice, KINDS[notice.kind_name], command.at)
    if ready:
        work.notices.mark_spread([notice.event_id for notice in ready], command.at)
    return len(ready)
