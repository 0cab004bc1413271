"""Take back what a worker held that ended without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class EndLeases:
    """At this (real) time. Only where no other worker can be sending."""

    at: datetime


def end_leases(command: EndLeases, work: Work, _now: datetime) -> None:
    """All that is being sent is due: whoever takes it knows that it may have been sent."""
    work.deliveries.end_leases(command.at)
