"""What the page of an invitation's link tells."""

from __future__ import annotations

from sqlalchemy import select

from beraad_notifications.domain.replying import Invited
from beraad_notifications.storage.tables import contacts
from beraad_notifications.storage.work import Work
from beraad_notifications.use_cases.ports import KnownMeeting


def what_is_asked(work: Work, invited: Invited) -> tuple[str | None, str | None, list[KnownMeeting]]:
    """The person's language and zone, where known, and the meetings that can still be answered."""
    query = select(contacts.c.language, contacts.c.time_zone).where(contacts.c.person_id == invited.person_id)
    row = work.session.execute(query).one_or_none()
    language, zone = (row.language, row.time_zone) if row is not None else (None, None)
    return language, zone, work.known_meetings.coming(invited, work.now)
