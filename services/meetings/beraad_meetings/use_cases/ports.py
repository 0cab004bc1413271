"""What the use cases need from storage and from the calendar libraries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from beraad.domain import Actor, Event
from beraad.roster import KnownGroup
from beraad_meetings.domain.attendance import AttendanceRecord
from beraad_meetings.domain.calendar_feeds import CalendarFeed
from beraad_meetings.domain.invitations import Answer, Invitation
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.minutes import Minutes
from beraad_meetings.domain.series import Series


class Settings(Protocol):
    """What the use cases read of the environment."""

    public_url: str


class Roster(Protocol):
    """Membership's groups and seats, as known here."""

    def hold(self, group_id: UUID) -> KnownGroup:
        """Lock the group, so that scheduling and seating wait for each other. Raises `NotYetKnown`."""

    def seat_holders(self, group_id: UUID) -> list[UUID]:
        """Who sits in the group."""

    def is_seated(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person holds a seat in the group."""

    def has_role(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person has any role in the group."""

    def knows(self, person_id: UUID) -> bool:
        """Whether there is such a person."""


class SeriesRepository(Protocol):
    """The series."""

    def add(self, series: Series) -> None:
        """Remember a new series."""

    def get(self, series_id: UUID) -> Series:
        """Lock and return. Raises `NotFound`."""

    def running(self, group_id: UUID, now: datetime) -> list[Series]:
        """Lock and return those of the group that still have a meeting to come."""


class Meetings(Protocol):
    """The meetings, with their agenda."""

    def add(self, meeting: Meeting) -> None:
        """Remember a new meeting."""

    def get(self, meeting_id: UUID) -> Meeting:
        """Lock and return with its agenda. Raises `NotFound`."""

    def with_item(self, item_id: UUID) -> Meeting:
        """Lock and return the meeting that item is on the agenda of. Raises `NotFound`."""

    def of_series(self, series_id: UUID) -> list[Meeting]:
        """The occurrences, in order, not locked and without agenda."""

    def of_series_to_come(self, series_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return the planned occurrences that are still to come."""

    def to_come(self, group_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return the group's planned meetings outside series that are still to come."""

    def to_remind(self, now: datetime) -> Meeting | None:
        """Lock one meeting whose reminder is due (skipping those another worker holds)."""


class Invitations(Protocol):
    """Who is invited to what, and what they answered."""

    def invite(self, invitations: Iterable[Invitation]) -> list[Invitation]:
        """Keep those that are new (or were withdrawn before), in one statement; returns those."""

    def renew(self, meeting: Meeting) -> list[Invitation]:
        """Everyone invited to the meeting or its series, each a revision further: they are to be told."""

    def of(self, meeting: Meeting, person_id: UUID) -> Invitation | None:
        """That person's invitation to the meeting, or to its series."""

    def answer(
        self,
        invitation: Invitation,
        meeting: Meeting,
        answer: str,
        comment: str,
        at: datetime,
        *,
        with_series: bool = False,
    ) -> Invitation:
        """Keep the answer, replacing an earlier one; returns the invitation a revision further."""

    def answers_of(self, person_id: UUID, meetings: Iterable[UUID]) -> dict[UUID, Answer]:
        """What that person answered so far, by meeting."""

    def not_declined(self, meeting: Meeting) -> tuple[UUID, ...]:
        """Those invited who did not decline."""

    def withdraw(self, group_id: UUID, person_id: UUID, at: datetime) -> None:
        """End that person's invitations as a member of the group."""

    def forget(self, person_id: UUID, at: datetime) -> None:
        """End all invitations of that person; of their answers keep no words."""


class Attendance(Protocol):
    """The log of who came."""

    def append(self, record: AttendanceRecord) -> None:
        """Write a line."""

    def counted_present(self, meeting_id: UUID) -> tuple[UUID, ...]:
        """The seat holders present by the last line of each."""


class MinutesRepository(Protocol):
    """The minutes."""

    def add(self, minutes: Minutes) -> None:
        """Remember new minutes."""

    def get(self, minutes_id: UUID) -> Minutes:
        """Lock and return. Raises `NotFound`."""

    def of_meeting(self, meeting_id: UUID) -> Minutes | None:
        """Lock and return the minutes of that meeting."""


class CalendarFeeds(Protocol):
    """The calendar feeds."""

    def add(self, feed: CalendarFeed) -> None:
        """Remember a new feed."""

    def get(self, feed_id: UUID) -> CalendarFeed:
        """Lock and return. Raises `NotFound`."""

    def revoke_of(self, group_id: UUID, person_id: UUID, at: datetime) -> None:
        """Revoke that person's feeds of the group."""

    def forget(self, person_id: UUID) -> None:
        """Keep none of that person's feeds."""


class Proposals(Protocol):
    """Deliberation's proposals, as known here."""

    def group_of(self, proposal_id: UUID) -> UUID | None:
        """The group whose proposal it is."""

    def is_approved_by(self, group_id: UUID, body_id: UUID) -> bool:
        """Whether that body approves the group's work."""


class Calendars(Protocol):
    """RFC 5545, through the libraries that know it."""

    def normalize(self, recurrence: str, first: datetime, time_zone: str) -> str:
        """The rule as kept: UNTIL in UTC. Raises `InvalidRequest`."""

    def local_starts(self, recurrence: str, first: datetime, time_zone: str) -> list[datetime]:
        """The naive local starts from `first` on. Raises `InvalidRequest`, `SeriesTooLong`."""

    def series(self, series: Series, occurrences: Iterable[Meeting]) -> str:
        """The present state of a series as an invitation (METHOD:REQUEST)."""

    def meeting(self, meeting: Meeting, sequence: int) -> str:
        """One meeting or occurrence as an invitation, a move, or (when cancelled) METHOD:CANCEL."""


class Work(Protocol):
    """One transaction of meetings."""

    actor: Actor
    settings: Settings
    roster: Roster
    series: SeriesRepository
    meetings: Meetings
    invitations: Invitations
    attendance: Attendance
    minutes: MinutesRepository
    calendar_feeds: CalendarFeeds
    proposals: Proposals
    calendars: Calendars

    def publish(self, *events: Event) -> None:
        """Write events to the outbox."""

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` or `NotFound` unless the policy allows the actor."""
