"""The meetings that invitations are about, as meetings tells them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from beraad.storage.tables import known_groups, known_roles, known_seats
from beraad_notifications.domain.catalogue import COORDINATING
from beraad_notifications.domain.replying import Invited
from beraad_notifications.storage.tables import contacts, known_meetings
from beraad_notifications.use_cases.ports import KnownMeeting


class KnownMeetings:
    """Bound to one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def coming(self, invited: Invited, now: datetime) -> list[KnownMeeting]:
        """What the link can still answer, earliest first: not begun, not cancelled, the person neither erased nor gone."""
        known = known_meetings.c
        scope = known.series_id if invited.is_series else known.meeting_id
        erased = exists().where(contacts.c.person_id == invited.person_id, contacts.c.erased)
        query = (
            select(known.title, known_groups.c.name, known.starts_at, known.ends_at, known.time_zone)
            .outerjoin(known_groups, known_groups.c.group_id == known.group_id)
            .where(scope == invited.scope_id, known.starts_at > now, known.cancelled.is_(False), ~erased)
        )
        if invited.by_seat:
            seated = known_seats.c.group_id == known.group_id
            mine = (known_seats.c.person_id == invited.person_id) & known_seats.c.vacated.is_(False)
            held = (known_roles.c.person_id == invited.person_id) & known_roles.c.role.in_(COORDINATING)
            coordinates = exists().where(known_roles.c.group_id == known.group_id, held)
            query = query.where(exists().where(seated, mine) | coordinates)
        rows = self._session.execute(query.order_by(known.starts_at, known.meeting_id))
        return [
            KnownMeeting(row.title, row.name or "", row.starts_at, row.ends_at, row.time_zone) for row in rows
        ]
