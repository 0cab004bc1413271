"""The unit of work: one transaction with the repositories of meetings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from beraad.domain import Actor
from beraad.perform import Work as KernelWork
from beraad.settings import Settings
from beraad_meetings.domain.authorization import POLICIES
from beraad_meetings.storage import mapping
from beraad_meetings.storage.attendance import Attendance
from beraad_meetings.storage.bookings import Bookings
from beraad_meetings.storage.calendars.objects import Calendars
from beraad_meetings.storage.calendars.public_holidays import PublicHolidays
from beraad_meetings.storage.files import Files
from beraad_meetings.storage.invitations import Invitations
from beraad_meetings.storage.polls import Polls
from beraad_meetings.storage.registrations import Registrations
from beraad_meetings.storage.repositories import (
    CalendarFeeds,
    Decisions,
    Meetings,
    MinutesRepository,
    Proposals,
    Roster,
    SeriesRepository,
)

__all__ = ["Work", "mapping"]


class Work(KernelWork):
    """One transaction of meetings; standing is read from the roster known here."""

    policies = POLICIES

    def __init__(self, session: Session, actor: Actor, now: datetime | None, settings: Settings) -> None:
        """Bind the repositories."""
        super().__init__(session, actor, now, settings)
        self.roster = Roster(session)
        self.series = SeriesRepository(session)
        self.meetings = Meetings(session)
        self.invitations = Invitations(session)
        self.attendance = Attendance(session)
        self.minutes = MinutesRepository(session)
        self.calendar_feeds = CalendarFeeds(session)
        self.proposals = Proposals(session)
        self.decisions = Decisions(session)
        self.files = Files(session)
        self.calendars = Calendars()
        self.holidays = PublicHolidays(settings.language)
        self.polls = Polls(session)
        self.registrations = Registrations(session)
        self.bookings = Bookings(session, actor)
