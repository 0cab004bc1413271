"""Repositories: loading and keeping aggregates, each bound to one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from beraad.domain import NotFound, NotYetKnown
from beraad.messaging.cursors import upsert
from beraad.roster import KnownGroup, known_group, role_holders, seat_holders
from beraad.storage.engine import wait_in_turn
from beraad.storage.tables import known_groups, known_people, known_roles, known_seats
from beraad_meetings.domain.calendar_feeds import CalendarFeed
from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.minutes import Minutes
from beraad_meetings.domain.series import Series
from beraad_meetings.storage import tables
from beraad_meetings.storage.polls import ALSO_ASKED

IN_ORDER = (
    func.coalesce(tables.meetings.c.occurs_at, tables.meetings.c.starts_at),
    tables.meetings.c.id,
)
"""The meetings of a series in the order of its rule."""


class _Repository:
    def __init__(self, session: Session) -> None:
        self._session = session


class Roster(_Repository):
    """Membership's groups and seats, as known here."""

    def hold(self, group_id: UUID) -> KnownGroup:
        """Lock the group. Raises `NotYetKnown`."""
        lock = select(known_groups.c.group_id).where(known_groups.c.group_id == group_id).with_for_update()
        self._session.execute(lock)
        group = known_group(self._session, group_id)
        if group is None:
            raise NotYetKnown(f"the group {group_id} is not known here (yet)")
        return group

    def members(self, group_id: UUID) -> list[UUID]:
        """Whom the group's meetings are for, by id: its seat holders, and who coordinates it without a seat."""
        coordinators = role_holders(self._session, group_id, *ALSO_ASKED)
        return sorted({*seat_holders(self._session, group_id), *coordinators})

    def is_member(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person is one of them."""
        role = (known_roles.c.group_id == group_id) & (known_roles.c.person_id == person_id)
        return self.is_seated(group_id, person_id) or self._any(role & known_roles.c.role.in_(ALSO_ASKED))

    def is_seated(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person holds a seat in the group."""
        seat = (known_seats.c.group_id == group_id) & (known_seats.c.person_id == person_id)
        return self._any(seat & known_seats.c.vacated.is_(False))

    def has_role(self, group_id: UUID, person_id: UUID) -> bool:
        """Whether that person has any role in the group."""
        return self._any((known_roles.c.group_id == group_id) & (known_roles.c.person_id == person_id))

    def knows(self, person_id: UUID) -> bool:
        """Whether there is such a person."""
        return self._any(known_people.c.person_id == person_id)

    def _any(self, condition: Any) -> bool:
        return bool(self._session.scalar(select(exists().where(condition))))


class SeriesRepository(_Repository):
    """The series."""

    def add(self, series: Series) -> None:
        """Remember a new series; its meetings refer to it."""
        self._session.add(series)
        self._session.flush()

    def get(self, series_id: UUID) -> Series:
        """Lock and return. Raises `NotFound`."""
        series = self._session.get(Series, series_id, with_for_update=True, populate_existing=True)
        if series is None:
            raise NotFound("no such series")
        return series

    def group_of(self, series_id: UUID) -> UUID | None:
        """The group whose series it is."""
        known = tables.series.c
        return self._session.scalar(select(known.group_id).where(known.id == series_id))

    def running(self, group_id: UUID, now: datetime) -> list[Series]:
        """Lock and return those of the group that still have a meeting to come."""
        coming = exists().where(tables.meetings.c.series_id == tables.series.c.id, _to_come(now))
        query = select(Series).where(tables.series.c.group_id == group_id, coming)
        return list(self._session.scalars(query.order_by(tables.series.c.id).with_for_update()))

    def with_meetings_to_come(self, group_id: UUID, now: datetime) -> list[UUID]:
        """The ids of the same, not locked."""
        coming = exists().where(tables.meetings.c.series_id == tables.series.c.id, _to_come(now))
        query = select(tables.series.c.id).where(tables.series.c.group_id == group_id, coming)
        return list(self._session.scalars(query.order_by(tables.series.c.id)))


class Meetings(_Repository):
    """The meetings, with their agenda."""

    def add(self, meeting: Meeting) -> None:
        """Remember a new meeting."""
        self._session.add(meeting)

    def get(self, meeting_id: UUID) -> Meeting:
        """Lock and return with its agenda. Raises `NotFound`."""
        query = select(Meeting).where(tables.meetings.c.id == meeting_id).with_for_update()
        options = selectinload(Meeting.agenda)  # type: ignore[arg-type]
        found = self._session.scalars(
            query.options(options).execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            raise NotFound("no such meeting")
        return found

    def get_in_turn(self, meeting_id: UUID) -> Meeting:
        """The same where many come at once: it waits longer for the lock. Without agenda. Raises `NotFound`."""
        wait_in_turn(self._session)
        found = self._session.get(Meeting, meeting_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound("no such meeting")
        return found

    def with_item(self, item_id: UUID) -> Meeting:
        """Lock and return the meeting that item is on the agenda of. Raises `NotFound`."""
        items = tables.agenda_items.c
        meeting_id = self._session.scalar(select(items.meeting_id).where(items.id == item_id))
        if meeting_id is None:
            raise NotFound("no such agenda item")
        return self.get(meeting_id)

    def of_series(self, series_id: UUID) -> list[Meeting]:
        """The occurrences, in order, not locked and without agenda."""
        query = select(Meeting).where(tables.meetings.c.series_id == series_id)
        return list(self._session.scalars(query.order_by(*IN_ORDER)))

    def hold_series(self, series_id: UUID) -> list[Meeting]:
        """Lock and return the occurrences, in order, with their agenda."""
        query = select(Meeting).where(tables.meetings.c.series_id == series_id)
        lock = query.order_by(tables.meetings.c.id).with_for_update()
        options = selectinload(Meeting.agenda)  # type: ignore[arg-type]
        found = self._session.scalars(lock.options(options).execution_options(populate_existing=True))
        return sorted(found, key=lambda one: one.occurs_at or one.starts_at)

    def of_series_to_come(self, series_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return the planned occurrences that are still to come, without agenda."""
        query = select(Meeting).where(tables.meetings.c.series_id == series_id, _to_come(now))
        locked = query.order_by(tables.meetings.c.id).with_for_update()
        return list(self._session.scalars(locked.execution_options(populate_existing=True)))

    def to_come(self, group_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return the group's planned meetings outside series that are still to come."""
        single = (tables.meetings.c.group_id == group_id) & tables.meetings.c.series_id.is_(None)
        query = select(Meeting).where(single, _to_come(now)).order_by(tables.meetings.c.id)
        return list(self._session.scalars(query.with_for_update()))

    def to_leave(self, group_id: UUID, person_id: UUID, now: datetime) -> list[Meeting]:
        """Lock and return, by id, the group's that are still to come, and those that person registered for; without agenda."""
        listed = tables.registrations.c
        theirs = tables.meetings.c.id.in_(select(listed.meeting_id).where(listed.person_id == person_id))
        coming = (tables.meetings.c.group_id == group_id) & _to_come(now)
        query = select(Meeting).where(theirs | coming).order_by(tables.meetings.c.id).with_for_update()
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def registered_for(self, person_id: UUID) -> list[Meeting]:
        """Lock and return those that person registered for or waits for, by id, without agenda."""
        listed = tables.registrations.c
        theirs = select(listed.meeting_id).where(listed.person_id == person_id)
        query = select(Meeting).where(tables.meetings.c.id.in_(theirs)).order_by(tables.meetings.c.id)
        return list(self._session.scalars(query.with_for_update().execution_options(populate_existing=True)))

    def to_remind(self, now: datetime) -> Meeting | None:
        """Lock one meeting whose reminder is due (skipping those another worker holds)."""
        due = tables.meetings.c.remind_at
        query = select(Meeting).where(due <= now).order_by(due).limit(1)
        return self._session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def _to_come(now: datetime) -> Any:
    return (tables.meetings.c.state == PLANNED) & (tables.meetings.c.starts_at > now)


class MinutesRepository(_Repository):
    """The minutes."""

    def add(self, minutes: Minutes) -> None:
        """Remember new minutes."""
        self._session.add(minutes)

    def get(self, minutes_id: UUID) -> Minutes:
        """Lock and return. Raises `NotFound`."""
        found = self._one(tables.minutes.c.id == minutes_id)
        if found is None:
            raise NotFound("no such minutes")
        return found

    def of_meeting(self, meeting_id: UUID) -> Minutes | None:
        """Lock and return the minutes of that meeting."""
        return self._one(tables.minutes.c.meeting_id == meeting_id)

    def is_written(self, meeting_id: UUID) -> bool:
        """Whether there are minutes of that meeting."""
        return bool(self._session.scalar(select(exists().where(tables.minutes.c.meeting_id == meeting_id))))

    def of_others(self, minutes: Minutes, item_ids: Sequence[UUID]) -> list[UUID]:
        """Give these minutes the ids that are new; return those that belong to other minutes, by id."""
        if not item_ids:
            return []
        self._session.flush()
        items = tables.action_items
        rows = [{"item_id": one, "minutes_id": minutes.id} for one in item_ids]
        self._session.execute(upsert(self._session, items).values(rows).on_conflict_do_nothing())
        elsewhere = items.c.item_id.in_(item_ids) & (items.c.minutes_id != minutes.id)
        query = select(items.c.item_id).where(elsewhere).order_by(items.c.item_id)
        return list(self._session.execute(query).scalars())

    def _one(self, condition: Any) -> Minutes | None:
        query = select(Minutes).where(condition).with_for_update()
        options = selectinload(Minutes.versions)  # type: ignore[arg-type]
        return self._session.scalars(query.options(options)).one_or_none()


class CalendarFeeds(_Repository):
    """The calendar feeds."""

    def add(self, feed: CalendarFeed) -> None:
        """Remember a new feed."""
        self._session.add(feed)

    def get(self, feed_id: UUID) -> CalendarFeed:
        """Lock and return. Raises `NotFound`."""
        feed = self._session.get(CalendarFeed, feed_id, with_for_update=True)
        if feed is None:
            raise NotFound("no such calendar feed")
        return feed

    def revoke_of(self, group_id: UUID, person_id: UUID, at: datetime) -> None:
        """Revoke that person's feeds of the group."""
        feeds = tables.calendar_feeds
        mine = (
            (feeds.c.group_id == group_id) & (feeds.c.person_id == person_id) & feeds.c.revoked_at.is_(None)
        )
        self._session.execute(feeds.update().where(mine).values(revoked_at=at))

    def forget(self, person_id: UUID) -> None:
        """Keep none of that person's feeds."""
        feeds = tables.calendar_feeds
        self._session.execute(feeds.delete().where(feeds.c.person_id == person_id))


class Proposals(_Repository):
    """Deliberation's proposals, as known here."""

    def group_of(self, proposal_id: UUID) -> UUID | None:
        """The group whose proposal it is."""
        known = tables.known_proposals.c
        return self._session.scalar(select(known.group_id).where(known.proposal_id == proposal_id))

    def is_approved_by(self, group_id: UUID, body_id: UUID) -> bool:
        """Whether that body approves the group's work."""
        group = known_group(self._session, group_id)
        return group is not None and group.approving_body_id == body_id


class Decisions(_Repository):
    """Deliberation's decisions, as known here."""

    def group_of(self, decision_id: UUID) -> UUID | None:
        """The group whose decision it is."""
        known = tables.known_decisions.c
        return self._session.scalar(select(known.group_id).where(known.decision_id == decision_id))
