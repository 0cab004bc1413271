"""Why a mail did or did not come: the story of each delivery that is asked about, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, true

from beraad.domain import InvalidRequest, NotFound
from beraad.http import page_of
from beraad.storage.tables import known_people
from beraad_notifications.domain.audience_words import audience_in_words
from beraad_notifications.domain.catalogue import ANY_KIND
from beraad_notifications.queries.absences import why_none
from beraad_notifications.queries.stories import DELIVERIES, stories
from beraad_notifications.storage.tables import contacts, deliveries, notices
from beraad_notifications.storage.work import Work


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked about; all of it must hold. With nothing at all: one's own mail."""

    delivery_id: UUID | None = None
    person: str | None = None
    """An id or a mail address."""
    event_id: UUID | None = None
    event_type: str | None = None
    """Tells why no mail tells such events, where the event itself is not known here."""
    kind: str | None = None

    @property
    def about_nobody(self) -> bool:
        """An administrator may ask so."""
        return self.person is None and (self.event_id is not None or self.event_type is not None)


def timeline(work: Work, asked: Asked, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of stories, oldest first; without any, the reasons. Raises `NotAllowed`, `NotFound`, `InvalidRequest`."""
    person_id = _whom(work, asked)
    work.authorize("timeline.read", resource=person_id)
    if asked.delivery_id is not None and person_id is None:
        raise NotFound("there is no such delivery")
    if asked.delivery_id is not None and asked.person is not None and whom(work, asked.person) != person_id:
        raise NotFound("there is no such delivery to that person")
    if asked.person is not None and person_id is None:
        raise InvalidRequest("nobody with that address is known here", pointer="/person")
    rows = page_of(
        work.session, DELIVERIES.where(_wanted(asked, person_id)), (deliveries.c.id,), limit, cursor
    )
    notice = _notice(work, asked.event_id or (rows[0].event_id if asked.delivery_id and rows else None))
    found = stories(work, rows)
    return {
        "person": None if person_id is None else _person(work, person_id),
        "event": None if notice is None else _event(notice),
        "items": found,
        "absent": [] if found or cursor else why_none(work, asked, person_id, notice),
    }


def _whom(work: Work, asked: Asked) -> UUID | None:
    if asked.delivery_id is not None:
        one = select(deliveries.c.person_id).where(deliveries.c.id == asked.delivery_id)
        return work.session.execute(one).scalar()
    if asked.person is None:
        mine = not asked.about_nobody or not (work.actor.administrator or work.actor.service)
        return work.actor.person_id if mine else None
    return whom(work, asked.person)


def whom(work: Work, person: str) -> UUID | None:
    """By id or mail address; None for an address nobody has."""
    try:
        return UUID(person)
    except ValueError:
        address = (func.lower(contacts.c.email) == person.strip().lower()) & contacts.c.erased.is_(False)
        return work.session.execute(select(contacts.c.person_id).where(address)).scalars().first()


def _wanted(asked: Asked, person_id: UUID | None) -> ColumnElement[bool]:
    columns = {
        "id": asked.delivery_id,
        "person_id": person_id,
        "event_id": asked.event_id,
        "kind": asked.kind,
    }
    wanted: ColumnElement[bool] = true()
    for name, value in columns.items():
        if value is not None:
            wanted &= deliveries.c[name] == value
    if asked.event_type is not None:
        of_type = select(notices.c.event_id).where(notices.c.event_type == asked.event_type)
        wanted &= deliveries.c.event_id.in_(of_type)
    return wanted


def _notice(work: Work, event_id: UUID | None) -> Row[Any] | None:
    if event_id is None:
        return None
    return work.session.execute(select(notices).where(notices.c.event_id == event_id)).one_or_none()


def _event(notice: Row[Any]) -> dict[str, Any]:
    names = ("event_id", "event_type", "kind", "group_id", "noticed_at", "spread_at")
    audience = audience_in_words(ANY_KIND[notice.kind])
    return {**{name: getattr(notice, name) for name in names}, "audience": audience}


def _person(work: Work, person_id: UUID) -> dict[str, Any]:
    named = select(known_people.c.name).where(known_people.c.person_id == person_id)
    contact = select(contacts).where(contacts.c.person_id == person_id)
    row = work.session.execute(contact).one_or_none()
    return {
        "person_id": person_id,
        "name": work.session.execute(named).scalar() or "",
        "address": "" if row is None else row.email,
        "erased": row is not None and row.erased,
    }
