"""What a rule would make, as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from beraad_meetings.domain.occurrences import Occurrence
from beraad_meetings.storage.work import Work
from beraad_meetings.use_cases.preview_series import PreviewSeries, preview_series


def series_preview(work: Work, command: PreviewSeries) -> dict[str, Any]:
    """Its occurrences, those that are cancelled, warnings, and what holidays moved."""
    occurrences = preview_series(command, work)
    zone = ZoneInfo(command.time_zone)
    held = sorted((one for one in occurrences if not one.cancelled), key=lambda one: one.start.starts_at)
    first = datetime.combine(command.first_starts_on, command.start_time)
    return {
        "recurrence": work.calendars.normalize(command.recurrence, first, command.time_zone),
        "time_zone": command.time_zone,
        "occurrences": [_shown(one, zone) for one in held],
        "cancelled": [_shown(one, zone) for one in occurrences if one.cancelled],
        "warnings": [_warning(one) for one in held if one.start.warning],
        "avoided": [_avoided(one) for one in occurrences if one.avoided is not None],
    }


def _shown(one: Occurrence, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "original_starts_at": one.original.starts_at,
        "original_starts_on": one.on,
        "starts_at": one.start.starts_at,
        "ends_at": one.ends_at,
        "local_starts_at": one.start.starts_at.astimezone(zone),
        "local_ends_at": one.ends_at.astimezone(zone),
        "moved": one.start.starts_at != one.original.starts_at,
        "warning": one.start.warning,
    }


def _warning(one: Occurrence) -> dict[str, Any]:
    return {
        "code": one.start.warning,
        "wall_clock": one.wall_clock.isoformat(),
        "starts_at": one.start.starts_at,
    }


def _avoided(one: Occurrence) -> dict[str, Any]:
    to = None if one.cancelled else one.start.starts_at
    return {"on": one.on, "name": one.avoided, "from": one.original.starts_at, "to": to}
