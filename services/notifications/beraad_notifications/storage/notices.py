"""The notices: events to tell, until they are spread over their audience."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import read_cursor, upsert
from beraad.messaging.erasing import erased
from beraad_notifications.domain.catalogue import KINDS, Kind
from beraad_notifications.domain.deliveries import OPEN
from beraad_notifications.storage.tables import deliveries, notices
from beraad_notifications.use_cases.ports import Notice

ROSTER = "membership"
REVIEW_DUE = "deliberation.decision.review_due.v1"
LONGEST_WAIT = timedelta(seconds=30)
WAITING = notices.c.spread_at.is_(None) & notices.c.kind.in_(sorted(KINDS))
"""Not what a newer release noticed: that waits for it."""


class Notices:
    """Bound to one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, notice: Notice, kind: Kind, group_id: UUID | None, at: datetime) -> None:
        """Remember it; a redelivered event changes nothing."""
        statement = upsert(self._session, notices).values(
            event_id=notice.event_id,
            kind=kind.name,
            event_type=kind.event,
            group_id=group_id,
            told=notice.told,
            from_elsewhere=kind.from_elsewhere,
            noticed_at=at,
        )
        self._session.execute(statement.on_conflict_do_nothing())

    def ready(self, limit: int, at: datetime, roster_complete_at: datetime | None) -> list[Notice]:
        """Lock the oldest whose audience can be known now.

        An event of another publisher may overtake the seats it is about. So it waits until membership has said, later
        than it came, that we have all of its stream; if membership is silent for 30 seconds, what is known must do.
        """
        said = [moment for moment in (self._watermark(), roster_complete_at) if moment is not None]
        known_by = max([at - LONGEST_WAIT, *said])
        may = notices.c.from_elsewhere.is_(False) | (notices.c.noticed_at <= known_by)
        query = select(notices.c.event_id, notices.c.kind, notices.c.told).where(WAITING, may)
        rows = self._session.execute(
            query.order_by(notices.c.noticed_at).limit(limit).with_for_update(skip_locked=True)
        )
        return [Notice(row.event_id, row.kind, row.told) for row in rows]

    def any_waiting(self) -> bool:
        """Whether there is one that is not spread."""
        query = select(notices.c.event_id).where(WAITING).limit(1)
        return self._session.execute(query).first() is not None

    def mark_spread(self, spread: Iterable[UUID], at: datetime) -> None:
        """They need not be looked at again."""
        chosen = notices.c.event_id.in_(list(spread))
        self._session.execute(notices.update().where(chosen).values(spread_at=at))

    def forget_told(self, told: Iterable[UUID]) -> None:
        """What they told is no longer needed, and must not be kept (secrets) or is kept elsewhere (digests)."""
        nothing: dict[str, Any] = {}
        self._session.execute(notices.update().where(notices.c.event_id.in_(list(told))).values(told=nothing))

    def forget_person(self, person_id: UUID, pseudonym: str) -> None:
        """Keep nothing of what was told about that person, nor in anybody's own words once it is mailed.

        What a review asks are concerns whose authors only deliberation knows.
        """
        about = notices.c.told["person_id"].as_string() == str(person_id)
        asked = (notices.c.event_type == REVIEW_DUE) & notices.c.spread_at.is_not(None) & ~_being_mailed()
        query = select(notices.c.event_id, notices.c.event_type, notices.c.told).where(about | asked)
        for row in self._session.execute(query).all():
            told = erased(row.event_type, row.told, person_id, pseudonym)
            told = {**told, "questions": []} if row.event_type == REVIEW_DUE else told
            if told != row.told:
                this = notices.c.event_id == row.event_id
                self._session.execute(notices.update().where(this).values(told=told))

    def _watermark(self) -> datetime | None:
        cursor = read_cursor(self._session, ROSTER)
        return cursor.known_at if cursor.position >= cursor.known_position else None


def _being_mailed() -> ColumnElement[bool]:
    still_open = deliveries.c.state.in_([state.value for state in OPEN])
    return exists().where(deliveries.c.event_id == notices.c.event_id, still_open)
