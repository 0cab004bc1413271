"""Say once when one can come, for the polls of all one's groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beraad_meetings.domain.availability import Range
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class StateAvailability:
    """All of it: what was said before and is not said again no longer counts."""

    ranges: Sequence[Range]


def state_availability(command: StateAvailability, work: Work, _now: datetime) -> None:
    """It answers every slot of an open poll that one has not answered there."""
    work.authorize("availability.state")
    work.bookings.hold([work.actor.person])  # of two who say it at once the later one counts, whole
    work.polls.state_availability(work.actor.person, command.ranges)
