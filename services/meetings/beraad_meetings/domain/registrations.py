"""Registration where a meeting is open to all: places while there are some, then a waiting list, first come first served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_meetings.domain.events import (
    RegistrationConfirmed,
    RegistrationLapsed,
    RegistrationRescheduled,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
)
from beraad_meetings.domain.meetings import Change, Meeting

REGISTERED, WAITING, LAPSED = "registered", "waiting", "lapsed"


class RegistrationNotOffered(RuleBroken):
    """Nobody registers for this meeting: it is not open to all."""


@dataclass(kw_only=True)
class RegistrationList:
    """How many places a meeting has, and the last number given to one who came for a place."""

    meeting_id: UUID
    capacity: int
    last_number: int = 0

    def next_number(self) -> int:
        """The order of arrival: given under the meeting's lock, never twice."""
        self.last_number += 1
        return self.last_number

    def free(self, registered: int) -> int:
        """How many more can come; none where the capacity was lowered below those who are registered."""
        return max(0, self.capacity - registered)


@dataclass(kw_only=True)
class Registration:
    """Somebody has a place, or waits for one. `invited`: registering made them a guest of the meeting."""

    id: UUID
    meeting_id: UUID
    person_id: UUID
    number: int
    registered_at: datetime
    state: str = WAITING
    invited: bool = False
    revision: int = 0

    def confirm(self, meeting: Meeting, *, promoted: bool = False) -> RegistrationConfirmed:
        """They have a place. `promoted`: after having waited."""
        self.state = REGISTERED
        return RegistrationConfirmed(**self._facts(meeting), promoted=promoted)

    def wait(self, meeting: Meeting, place: int) -> RegistrationWaitlisted:
        """They wait, at that place of the list (from 1)."""
        return RegistrationWaitlisted(**self._facts(meeting), waiting_place=place)

    def withdraw(self, meeting: Meeting) -> RegistrationWithdrawn:
        """They do not come, or wait no longer."""
        return RegistrationWithdrawn(**self._facts(meeting))

    def lapse(self, meeting: Meeting) -> RegistrationLapsed:
        """They waited for a meeting that will not take place."""
        self.state = LAPSED
        return RegistrationLapsed(**self._facts(meeting), reason=meeting.cancelled_reason or "")

    def reschedule(self, meeting: Meeting, change: Change, reason: str) -> RegistrationRescheduled:
        """They wait for a meeting that is at another time now."""
        previous = {name: getattr(change, name) for name in ("previous_starts_at", "previous_ends_at")}
        return RegistrationRescheduled(**self._facts(meeting), **previous, reason=reason)

    def _facts(self, meeting: Meeting) -> dict[str, Any]:
        self.revision += 1
        names = "group_id title kind starts_at ends_at time_zone place online_link"
        return {
            "registration_id": self.id,
            "revision": self.revision,
            "meeting_id": self.meeting_id,
            "person_id": self.person_id,
            **{name: getattr(meeting, name) for name in names.split()},
        }
