"""Quiet hours as a row keeps them: `{"from": "22:00", "to": "07:00", "days": [1, 2], "urgent": true}`."""

from __future__ import annotations

from datetime import time
from typing import Any

from beraad_notifications.domain.quiet_hours import QuietHours


def quiet_hours_of(row: dict[str, Any] | None) -> QuietHours | None:
    """None where there are none."""
    if not row:
        return None
    begins, ends = time.fromisoformat(row["from"]), time.fromisoformat(row["to"])
    return QuietHours(begins=begins, ends=ends, days=frozenset(row["days"]), urgent_comes=row["urgent"])


def quiet_hours_row(quiet: QuietHours | None) -> dict[str, Any] | None:
    """The same back; also what the API answers."""
    if quiet is None:
        return None
    return {
        "from": quiet.begins.strftime("%H:%M"),
        "to": quiet.ends.strftime("%H:%M"),
        "days": sorted(quiet.days),
        "urgent": quiet.urgent_comes,
    }
