"""A person was erased: no invitation of theirs stands, no calendar of theirs answers, nothing they wrote is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.use_cases.hold_registered import hold_registered
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.withdraw_registration import leave_list


@dataclass(frozen=True)
class ForgetPerson:
    """Whom."""

    person_id: UUID


def forget_person(command: ForgetPerson, work: Work, now: datetime) -> None:
    """Who was there is still counted, and whether they said they would come; places they had go to who waits. May be repeated."""
    registered = hold_registered(command.person_id, work)
    work.invitations.forget(command.person_id, now)  # before they leave the lists: nobody tells them of that
    for one, meeting in registered:
        leave_list(one, meeting, work, now)
    work.calendar_feeds.forget(command.person_id)
    work.attendance.forget(command.person_id)
    work.bookings.forget(command.person_id)
    work.polls.forget(command.person_id)
