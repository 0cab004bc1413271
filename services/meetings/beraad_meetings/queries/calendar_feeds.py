"""Calendar feeds: one's own list, and the calendar behind a secret address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from beraad.domain import Actor, NotFound
from beraad.http import page_of
from beraad.roster import standing_of
from beraad.storage.tables import known_groups, known_roles, known_seats
from beraad_meetings.domain.calendar_feeds import hashed
from beraad_meetings.domain.meeting_states import CANCELLED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.storage import tables
from beraad_meetings.storage.calendars.objects import feed
from beraad_meetings.storage.repositories import IN_ORDER
from beraad_meetings.storage.work import Work

KEPT = timedelta(days=400)
"""How far back a calendar reaches."""

UNKNOWN = "there is no such calendar"


def list_feeds(work: Work, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """The caller's feeds in force. Their addresses cannot be shown again."""
    work.authorize("calendar_feed.list")
    feeds = tables.calendar_feeds.c
    query = select(feeds.id, feeds.group_id, feeds.created_at).where(
        feeds.person_id == work.actor.person_id, feeds.revoked_at.is_(None)
    )
    rows = page_of(work.session, query, (feeds.id,), limit, cursor)
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def calendar_behind(work: Work, token: str) -> str:
    """The calendar of whoever the address was given to, as they may see it now.

    Raises `NotFound`, the same for an unknown address, a revoked one, and a group its holder left.
    """
    feeds = tables.calendar_feeds.c
    known = select(feeds.person_id, feeds.group_id).where(
        feeds.token_hash == hashed(token), feeds.revoked_at.is_(None)
    )
    row = work.session.execute(known).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    if row.group_id is None:
        return feed("Beraad", *_contents(work, _groups_of(work, row.person_id), row.person_id))
    holder = Actor(row.person_id, administrator=work.is_administrator(row.person_id))
    if not standing_of(work.session, holder, row.group_id).belongs:
        raise NotFound(UNKNOWN)
    name = work.session.scalar(select(known_groups.c.name).where(known_groups.c.group_id == row.group_id))
    return feed(name or "Beraad", *_contents(work, [row.group_id], None))


def _groups_of(work: Work, person_id: UUID) -> list[UUID]:
    """The groups somebody takes part in by a seat or a role."""
    seats = select(known_seats.c.group_id).where(
        known_seats.c.person_id == person_id, known_seats.c.vacated.is_(False)
    )
    roles = select(known_roles.c.group_id).where(known_roles.c.person_id == person_id)
    return list(work.session.execute(seats.union(roles)).scalars())


def _contents(
    work: Work, groups: Sequence[UUID], guest_id: UUID | None
) -> tuple[list[tuple[Series, list[Meeting]]], list[tuple[Meeting, int]]]:
    """Whole series and single meetings of the groups, and those the guest is invited to elsewhere."""
    recent = tables.meetings.c.starts_at > work.now - KEPT
    mine: ColumnElement[bool] = tables.meetings.c.group_id.in_(groups)
    if guest_id is not None:
        guest = (tables.invitations.c.person_id == guest_id) & tables.invitations.c.withdrawn_at.is_(None)
        mine |= tables.meetings.c.id.in_(select(tables.invitations.c.meeting_id).where(guest))
    query = select(Meeting).where(recent, mine).order_by(tables.meetings.c.starts_at, tables.meetings.c.id)
    found = list(work.session.scalars(query))
    wanted = {one.series_id for one in found if one.series_id is not None}
    by_id = {
        one.id: one for one in work.session.scalars(select(Series).where(tables.series.c.id.in_(wanted)))
    }
    whole = [one for one in by_id.values() if one.group_id in groups and one.cancelled_at is None]
    occurrences = _occurrences(work, [one.id for one in whole])
    single = [
        (one, by_id[one.series_id].sequence if one.series_id else one.sequence)
        for one in found
        if one.group_id not in groups or (one.series_id is None and one.state != CANCELLED)
    ]
    return [(one, occurrences[one.id]) for one in sorted(whole, key=lambda one: one.id)], single


def _occurrences(work: Work, series_ids: list[UUID]) -> dict[UUID, list[Meeting]]:
    """All occurrences, also old ones: a rule without its exceptions would show them again."""
    query = select(Meeting).where(tables.meetings.c.series_id.in_(series_ids))
    found: dict[UUID, list[Meeting]] = {one: [] for one in series_ids}
    for meeting in work.session.scalars(query.order_by(*IN_ORDER)):
        if meeting.series_id is not None:
            found[meeting.series_id].append(meeting)
    return found
