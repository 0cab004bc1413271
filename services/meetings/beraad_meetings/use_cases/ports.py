"""What the use cases need from storage and from the calendar libraries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from beraad.domain import Actor, Event
from beraad.roster import KnownGroup
from beraad_meetings.domain.attendance import AttendanceRecord
from beraad_meetings.domain.availability import Asked, Range, Said
from beraad_meetings.domain.calendar_feeds import CalendarFeed
from beraad_meetings.domain.double_booking import Conflict, OverriddenConflict, Span
from beraad_meetings.domain.files import File
from beraad_meetings.domain.invitations import Answer, Invitation
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.minutes import Minutes
from beraad_meetings.domain.poll_results import Basis
from beraad_meetings.domain.polls import Poll
from beraad_meetings.domain.quorum import Presence, Term
from beraad_meetings.domain.registrations import Registration, RegistrationList
from beraad_meetings.domain.series import Series


class Settings(Protocol):
    """What the use cases read of the environment."""

    language: str
    public_url: str


class Roster(Protocol):
    """Membership's groups and seats, as known here."""

    def hold(self, group_id: UUID) -> KnownGroup:
        """Lock the group, so that scheduling and seating wait for each other. Raises `NotYetKnown`."""

    def members(self, group_id: UUID) -> list[UUID]:
        """Whom the group's meetings are for: its seat holders, and who coordinates it without a seat, as polls ask."""

    def is_member(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person is one of them."""

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

    def group_of(self, series_id: UUID) -> UUID | None:
        """The group whose series it is."""

    def with_meetings_to_come(self, group_id: UUID, now: datetime) -> list[UUID]:
        """The ids of those of the group that still have a meeting to come, not locked."""

    def running(self, group_id: UUID, now: datetime) -> list[Series]:
        """Lock and return those of the group that still have a meeting to come."""


class Meetings(Protocol):
    """The meetings, with their agenda."""

    def add(self, meeting: Meeting) -> None:
        """Remember a new meeting."""

    def get(self, meeting_id: UUID) -> Meeting:
        """Lock and return with its agenda. Raises `NotFound`."""

    def get_in_turn(self, meeting_id: UUID) -> Meeting:
        """The same where many come at once: it waits longer for the lock. Without agenda. Raises `NotFound`."""

    def with_item(self, item_id: UUID) -> Meeting:
        """Lock and return the meeting that item is on the agenda of. Raises `NotFound`."""

    def of_series(self, series_id: UUID) -> list[Meeting]:
        """The occurrences, in order, not locked and without agenda."""

    def hold_series(self, series_id: UUID) -> list[Meeting]:
        """Lock and return the occurrences, in order, with their agenda."""

    def of_series_to_come(self, series_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return the planned occurrences that are still to come."""

    def to_come(self, group_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return the group's planned meetings outside series that are still to come."""

    def to_leave(self, group_id: UUID, person_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return, by id, the group's that are still to come, and those that person registered for; without agenda."""

    def registered_for(self, person_id: UUID) -> list[Meeting]:
        """Lock and return those that person registered for or waits for, by id, without agenda."""

    def to_remind(self, now: datetime) -> Meeting | None:
        """Lock one meeting whose reminder is due (skipping those another worker holds)."""


class Invitations(Protocol):
    """Who is invited to what, and what they answered."""

    def invite(self, invitations: Iterable[Invitation]) -> list[Invitation]:
        """Keep those that are new (or were withdrawn before), in one statement; returns those."""

    def renew(self, meeting: Meeting) -> list[Invitation]:
        """Everyone invited to the meeting or its series, each a revision further: they are to be told."""

    def to_series(self, series_id: UUID) -> list[Invitation]:
        """Everyone invited to the series."""

    def invites_to_series(self, series_id: UUID, person_id: UUID) -> bool:
        """Whether that person is invited to the series."""

    def renew_series(self, series_id: UUID) -> list[Invitation]:
        """Everyone invited to the series, each a revision further."""

    def renew_guests(self, meeting_ids: Iterable[UUID], told: Collection[UUID]) -> list[Invitation]:
        """Everyone invited to one of the meetings alone but for those in `told`, each a revision further."""

    def go_over(self, meeting_ids: Iterable[UUID], series_id: UUID) -> None:
        """These meetings are of another series now."""

    def of(self, meeting: Meeting, person_id: UUID) -> Invitation | None:
        """That person's invitation to the meeting, or to its series."""

    def to_each(self, meetings: Sequence[Meeting], person_id: UUID) -> dict[UUID, Invitation]:
        """By meeting, that person's invitation to it, or to its series."""

    def answer(self, said: Answer, invited: Mapping[UUID, Invitation]) -> dict[UUID, Invitation]:
        """Keep the answer to these meetings in place of an earlier one; returns each invitation, a revision further each time."""

    def answers_of(self, person_id: UUID, meetings: Iterable[UUID]) -> dict[UUID, Answer]:
        """What that person answered so far, by meeting."""

    def not_declined(self, meeting: Meeting) -> tuple[UUID, ...]:
        """Those invited who did not decline."""

    def guests_of(self, meeting_id: UUID) -> set[UUID]:
        """Those invited to the meeting by name: guests and experts."""

    def not_declined_by_meeting(
        self, meeting_ids: Collection[UUID], series_id: UUID
    ) -> Mapping[UUID, Collection[UUID]]:
        """For each of these meetings, those invited to it or to the series who did not decline it."""

    def renew_of(self, meeting: Meeting, people: Sequence[UUID]) -> list[Invitation]:
        """Of these people those who are invited to the meeting or its series, each a revision further: they are to be told."""

    def withdraw_guest(self, meeting_id: UUID, person_id: UUID, at: datetime) -> list[Invitation]:
        """End that person's invitation to the meeting itself; returns it, a revision further."""

    def hold_by_seat(self, meeting_id: UUID, person_id: UUID) -> None:
        """Whoever was a guest of the meeting is invited to it as a member of the group from now on."""

    def withdraw(self, group_id: UUID, person_id: UUID, at: datetime) -> list[Invitation]:
        """End that person's invitations as a member of the group; returns them, each a revision further."""

    def forget(self, person_id: UUID, at: datetime) -> None:
        """End all invitations of that person; of their answers keep no words."""


class Attendance(Protocol):
    """The log of who came."""

    def forget(self, person_id: UUID) -> None:
        """Of what was written of that person keep no words."""

    def append(self, record: AttendanceRecord) -> None:
        """Write a line."""

    def line(self, meeting_id: UUID, person_id: UUID, line_id: int) -> Any:
        """That line about that person, with `corrected` where another replaced it; None where there is none."""

    def presence(self, meeting: Meeting) -> Presence:
        """Everybody's coming and going in that meeting, and who held a seat when."""

    def coordinates(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person coordinates the group."""

    def note_term(self, seat_id: UUID, group_id: UUID, term: Term) -> None:
        """Somebody holds a seat."""

    def end_term(self, seat_id: UUID, person_id: UUID, at: datetime) -> None:
        """That person holds it no more."""


class MinutesRepository(Protocol):
    """The minutes."""

    def add(self, minutes: Minutes) -> None:
        """Remember new minutes."""

    def get(self, minutes_id: UUID) -> Minutes:
        """Lock and return. Raises `NotFound`."""

    def of_meeting(self, meeting_id: UUID) -> Minutes | None:
        """Lock and return the minutes of that meeting."""

    def is_written(self, meeting_id: UUID) -> bool:
        """Whether there are minutes of that meeting."""

    def of_others(self, minutes: Minutes, item_ids: Sequence[UUID]) -> list[UUID]:
        """Give these minutes the ids that are new; return those that belong to other minutes, by id."""


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


class Decisions(Protocol):
    """Deliberation's decisions, as known here."""

    def group_of(self, decision_id: UUID) -> UUID | None:
        """The group whose decision it is."""


class Files(Protocol):
    """The files of agenda items and minutes."""

    def add(self, file: File, chunks: Iterable[bytes]) -> None:
        """Keep a file; `chunks` are taken one at a time."""

    def get(self, file_id: UUID) -> File:
        """Return it without its content. Raises `NotFound`."""

    def count(self, meeting_id: UUID, agenda_item_id: UUID | None) -> int:
        """How many there are with that item, or with the minutes."""

    def has_report(self, meeting_id: UUID) -> bool:
        """Whether a file was put with the minutes."""

    def remove(self, file_id: UUID) -> None:
        """Keep it no more."""

    def remove_of_item(self, item_id: UUID) -> None:
        """Keep none of that agenda item's."""


class Calendars(Protocol):
    """RFC 5545, through the libraries that know it."""

    def normalize(self, recurrence: str, first: datetime, time_zone: str) -> str:
        """The rule as kept: UNTIL in UTC. Raises `InvalidRequest`."""

    def local_starts(self, recurrence: str, first: datetime, time_zone: str) -> list[datetime]:
        """The naive local starts from `first` on. Raises `InvalidRequest`, `SeriesTooLong`."""

    def begins(self, rule: str, earliest: datetime) -> datetime:
        """The first naive local start of a rule as kept, from `earliest` on. Raises `InvalidRequest`."""

    def ended(self, rule: str, last: datetime) -> str:
        """The rule, ending with the occurrence at that instant."""

    def continued(self, rule: str, starts: Sequence[datetime], time_zone: str) -> str:
        """The rule for these of its days, at their naive local starts."""

    def series(self, series: Series, occurrences: Iterable[Meeting]) -> str:
        """The present state of a series as an invitation (METHOD:REQUEST); of one that is cancelled, METHOD:CANCEL."""

    def without_series(self, series: Series, occurrences: Iterable[Meeting], sequence: int) -> str:
        """METHOD:CANCEL of a series, for one who is not invited to it any more."""

    def without(self, meetings: Sequence[Meeting], sequence: int, *, alone: bool = True) -> str:
        """The same of a meeting, or of some occurrences of one series."""

    def meeting(self, meeting: Meeting, sequence: int, *, alone: bool = True) -> str:
        """One meeting or occurrence as an invitation, a move, or (when cancelled) METHOD:CANCEL.

        `alone`: for who is invited to this occurrence and not to its series.
        """


class PublicHolidays(Protocol):
    """Public holidays, through the library that knows them."""

    def named(self, country: str, years: Iterable[int]) -> Mapping[date, str]:
        """Each holiday's name by its day. Raises `InvalidRequest`."""


class Planning(Protocol):
    """What planning a rule needs: nothing that is kept."""

    @property
    def calendars(self) -> Calendars:
        """RFC 5545."""

    @property
    def holidays(self) -> PublicHolidays:
        """Public holidays."""

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` or `NotFound` unless the policy allows the actor."""


class Registrations(Protocol):
    """Who registered for meetings that are open to all. Whoever writes holds the meeting's lock."""

    def list_of(self, meeting_id: UUID) -> RegistrationList | None:
        """The list of that meeting, if it is open to all."""

    def keep_list(self, places: RegistrationList) -> None:
        """Remember its capacity and its last number."""

    def of(self, meeting_id: UUID, person_id: UUID) -> Registration | None:
        """That person's registration for the meeting."""

    def counts(self, meeting_id: UUID) -> tuple[int, int]:
        """How many have a place, and how many wait."""

    def first_waiting(self, meeting_id: UUID, most: int | None = None) -> list[Registration]:
        """Those who wait longest, in order."""

    def by_person(self, person_id: UUID) -> list[Registration]:
        """All of theirs, in the order of the meetings' ids."""

    def waiting(self, meeting_ids: Iterable[UUID]) -> list[Registration]:
        """Those who wait for a place in one of the meetings, in order."""

    def waiting_uninvited(self, meeting_ids: Iterable[UUID]) -> list[Registration]:
        """Those of them who are not invited to the meeting, or to its series, by anything else."""

    def keep(self, some: Sequence[Registration]) -> None:
        """Remember them as they are now."""

    def remove(self, one: Registration) -> None:
        """Forget it."""


class Polls(Protocol):
    """Polls, what people answered in them, and when people can come."""

    def add(self, poll: Poll) -> None:
        """Remember a new poll."""

    def get(self, poll_id: UUID) -> Poll:
        """Lock and return. Raises `NotFound`."""

    def to_remind(self, now: datetime) -> Poll | None:
        """Lock one whose reminder is due (skipping those another worker holds)."""

    def to_close(self, now: datetime) -> Poll | None:
        """Lock an open one whose time is over (skipping those another worker holds)."""

    def asked(self, group_id: UUID) -> list[Asked]:
        """Seat holders and coordinators of the group, by name."""

    def said(self, poll: Poll, people: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, Said]]:
        """By slot and person. While it is open, what was not answered in it follows what was said elsewhere."""

    def answer(self, poll: Poll, person_id: UUID, answers: Mapping[UUID, str], at: datetime) -> None:
        """Keep these answers of that person in place of all earlier ones."""

    def settle(self, poll: Poll, said: Mapping[UUID, Mapping[UUID, Said]], at: datetime) -> None:
        """Keep what is not kept yet."""

    def keep_basis(self, poll: Poll, basis: Basis) -> None:
        """Remember on what the result rests."""

    def basis_of(self, poll: Poll) -> Basis | None:
        """What was remembered of that, with the names as they are now; nothing of polls booked before that was kept."""

    def state_availability(self, person_id: UUID, ranges: Sequence[Range]) -> None:
        """Keep these in place of all earlier ones."""

    def forget(self, person_id: UUID) -> None:
        """Keep nothing of when that person could come, and no words of why they booked a slot."""


class Bookings(Protocol):
    """When people are taken by meetings."""

    def hold(self, people: Sequence[UUID]) -> None:
        """Lock the diaries of these people, who are in order of their ids. The last lock a use case takes."""

    def conflicts(
        self, wanted: Mapping[Span, Collection[UUID]], without: Sequence[UUID] = ()
    ) -> list[Conflict]:
        """Everybody who is wanted for a span and in another meeting then, but for the meetings `without`."""

    def keep(self, overridden: Iterable[OverriddenConflict]) -> None:
        """Remember why a meeting was booked all the same; those that concern nobody are left out."""

    def forget(self, person_id: UUID) -> None:
        """Of why that person overrode a conflict keep no words."""


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
    decisions: Decisions
    files: Files
    calendars: Calendars
    holidays: PublicHolidays
    bookings: Bookings
    polls: Polls
    registrations: Registrations

    def publish(self, *events: Event) -> None:
        """Write events to the outbox."""

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` or `NotFound` unless the policy allows the actor."""
