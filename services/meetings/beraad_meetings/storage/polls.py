"""Polls, what people answered in them, and when people can come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, selectinload

from beraad.domain import NotFound
from beraad.messaging.cursors import upsert
from beraad.storage.listed import ids_listed
from beraad.storage.tables import known_people, known_roles, known_seats
from beraad_meetings.domain.availability import (
    AVAILABILITY,
    EXPLICIT,
    SAME_TIME,
    Asked,
    Range,
    Said,
    said_of,
)
from beraad_meetings.domain.double_booking import Span
from beraad_meetings.domain.poll_results import Basis
from beraad_meetings.domain.polls import OPEN, Poll
from beraad_meetings.storage.tables import availability, poll_answers, poll_participants, poll_slots, polls

COORDINATORS = {"facilitator", "board_link"}
ALSO_ASKED = (*COORDINATORS, "secretary")
AT_ONCE = 1000
SaidBySlot = dict[UUID, dict[UUID, Said]]


class Polls:
    """Polls with their slots."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def add(self, poll: Poll) -> None:
        """Remember a new poll."""
        self._session.add(poll)

    def get(self, poll_id: UUID) -> Poll:
        """Lock and return. Raises `NotFound`."""
        return self._one(select(Poll).where(polls.c.id == poll_id).with_for_update())

    def read(self, poll_id: UUID) -> Poll:
        """Return, not locked. Raises `NotFound`."""
        return self._one(select(Poll).where(polls.c.id == poll_id))

    def to_remind(self, now: datetime) -> Poll | None:
        """Lock one whose reminder is due (skipping those another worker holds)."""
        due = select(Poll).where(polls.c.remind_at <= now).order_by(polls.c.remind_at)
        return self._due(due)

    def to_close(self, now: datetime) -> Poll | None:
        """Lock an open one whose time is over (skipping those another worker holds)."""
        due = select(Poll).where(polls.c.state == OPEN, polls.c.closes_at <= now).order_by(polls.c.closes_at)
        return self._due(due)

    def asked(self, group_id: UUID) -> list[Asked]:
        """Seat holders and coordinators of the group, by name."""
        seats = select(known_seats.c.person_id).where(
            known_seats.c.group_id == group_id, known_seats.c.vacated.is_(False)
        )
        roles = select(known_roles.c.person_id, known_roles.c.role).where(
            known_roles.c.group_id == group_id, known_roles.c.role.in_(ALSO_ASKED)
        )
        seated = set(self._session.execute(seats).scalars())
        held = list(self._session.execute(roles))
        coordinators = {row.person_id for row in held if row.role in COORDINATORS}
        people = seated | {row.person_id for row in held}
        query = select(known_people.c.person_id, known_people.c.name, known_people.c.profiles)
        found = query.where(known_people.c.person_id.in_(ids_listed(self._session, people))).order_by(
            known_people.c.name, known_people.c.person_id
        )
        return [
            Asked(
                row.person_id,
                row.name,
                tuple(row.profiles),
                seated=row.person_id in seated,
                coordinator=row.person_id in coordinators,
            )
            for row in self._session.execute(found)
        ]

    def said(self, poll: Poll, people: Sequence[UUID]) -> SaidBySlot:
        """By slot and person. While it is open, what was not answered in it follows what was said elsewhere.

        What was given in the poll wins; then the newest answer for the same time in another poll; then one's availability.
        """
        given = select(poll_answers).where(
            poll_answers.c.poll_id == poll.id, poll_answers.c.person_id.in_(ids_listed(self._session, people))
        )
        found: SaidBySlot = {slot.id: {} for slot in poll.slots}
        for row in self._session.execute(given):
            found[row.slot_id][row.person_id] = Said(row.answer, row.source)
        if poll.state == OPEN:
            self._fill_in(poll, people, found)
        return found

    def answer(self, poll: Poll, person_id: UUID, answers: Mapping[UUID, str], at: datetime) -> None:
        """Keep these answers of that person in place of all earlier ones."""
        theirs = (poll_answers.c.poll_id == poll.id) & (poll_answers.c.person_id == person_id)
        self._session.execute(poll_answers.delete().where(theirs))
        said = {slot_id: {person_id: Said(answer, EXPLICIT)} for slot_id, answer in answers.items()}
        self.settle(poll, said, at)

    def settle(self, poll: Poll, said: Mapping[UUID, Mapping[UUID, Said]], at: datetime) -> None:
        """Keep what is not kept yet."""
        rows = [
            {"poll_id": poll.id, "slot_id": slot_id, "person_id": person_id, "answered_at": at, **vars(one)}
            for slot_id, by_person in said.items()
            for person_id, one in by_person.items()
        ]
        for start in range(0, len(rows), AT_ONCE):
            statement = upsert(self._session, poll_answers).values(rows[start : start + AT_ONCE])
            self._session.execute(statement.on_conflict_do_nothing())

    def keep_basis(self, poll: Poll, basis: Basis) -> None:
        """Remember on what the result rests."""
        rows = [
            {
                "poll_id": poll.id,
                "person_id": one.person_id,
                "seated": one.seated,
                "coordinator": one.coordinator,
                "profiles": list(one.profiles),
                "taken": [str(slot_id) for slot_id, people in basis.taken.items() if one.person_id in people],
            }
            for one in basis.asked
        ]
        for start in range(0, len(rows), AT_ONCE):
            self._session.execute(poll_participants.insert(), rows[start : start + AT_ONCE])

    def basis_of(self, poll: Poll) -> Basis | None:
        """What was remembered of that, with the names as they are now; nothing of polls booked before that was kept."""
        query = (
            select(poll_participants, known_people.c.name)
            .join(known_people, known_people.c.person_id == poll_participants.c.person_id)
            .where(poll_participants.c.poll_id == poll.id)
            .order_by(known_people.c.name, known_people.c.person_id)
        )
        rows = list(self._session.execute(query))
        taken = {slot.id: {row.person_id for row in rows if str(slot.id) in row.taken} for slot in poll.slots}
        return Basis([_asked(row) for row in rows], taken) if rows else None

    def answered_by(self, person_id: UUID, poll_ids: Sequence[UUID]) -> set[UUID]:
        """Those of these open polls that this person has answered, there or by what they said elsewhere."""
        query = select(Poll).where(polls.c.id.in_(poll_ids)).options(selectinload(Poll.slots))  # type: ignore[arg-type]
        found = list(self._session.scalars(query))
        given = select(poll_answers.c.poll_id).where(
            poll_answers.c.poll_id.in_(poll_ids), poll_answers.c.person_id == person_id
        )
        answered = set(self._session.execute(given).scalars())
        ranges = self.availability_of([person_id]).get(person_id, [])
        elsewhere = self._said_at(person_id, [slot.starts_at for poll in found for slot in poll.slots])
        for poll in found:
            spans = [poll.span_of(slot) for slot in poll.slots]
            if all(span in elsewhere or said_of(span, ranges) for span in spans):
                answered.add(poll.id)
        return answered

    def availability_of(self, people: Sequence[UUID]) -> dict[UUID, list[Range]]:
        """When these people can come."""
        found: dict[UUID, list[Range]] = {}
        query = select(availability).where(availability.c.person_id.in_(ids_listed(self._session, people)))
        for row in self._session.execute(query.order_by(availability.c.starts_at)):
            found.setdefault(row.person_id, []).append(Range(Span(row.starts_at, row.ends_at), row.answer))
        return found

    def state_availability(self, person_id: UUID, ranges: Sequence[Range]) -> None:
        """Keep these in place of all earlier ones."""
        self._session.execute(availability.delete().where(availability.c.person_id == person_id))
        rows = [{"person_id": person_id, "answer": one.answer, **vars(one.span)} for one in ranges]
        if rows:
            self._session.execute(availability.insert(), rows)

    def forget(self, person_id: UUID) -> None:
        """Keep nothing of when that person could come, and no words of why they booked a slot."""
        for table in (availability, poll_answers):
            self._session.execute(table.delete().where(table.c.person_id == person_id))
        asked = poll_participants.update().where(poll_participants.c.person_id == person_id)
        self._session.execute(asked.values(profiles=[], taken=[]))
        theirs = (polls.c.booked_by == person_id) & polls.c.booked_despite.is_not(None)
        self._session.execute(polls.update().where(theirs).values(booked_despite=""))

    def _fill_in(self, poll: Poll, people: Sequence[UUID], found: SaidBySlot) -> None:
        starts = {slot.starts_at: slot.id for slot in poll.slots}
        for row in self._session.execute(_at_the_same_time(poll, ids_listed(self._session, people))):
            found[starts[row.starts_at]].setdefault(row.person_id, Said(row.answer, SAME_TIME))
        known = self.availability_of(people)
        for slot in poll.slots:
            for person_id, ranges in known.items():
                if answer := said_of(poll.span_of(slot), ranges):
                    found[slot.id].setdefault(person_id, Said(answer, AVAILABILITY))

    def _said_at(self, person_id: UUID, starts: Sequence[datetime]) -> set[Span]:
        """The times of slots that person has answered in any poll."""
        query = (
            select(poll_slots.c.starts_at, polls.c.duration_minutes)
            .join(polls, polls.c.id == poll_slots.c.poll_id)
            .join(poll_answers, poll_answers.c.slot_id == poll_slots.c.id)
            .where(
                poll_answers.c.person_id == person_id,
                poll_answers.c.source == EXPLICIT,
                poll_slots.c.starts_at.in_(starts),
            )
        )
        return {
            Span(row.starts_at, row.starts_at + timedelta(minutes=row.duration_minutes))
            for row in self._session.execute(query)
        }

    def _one(self, query: Select[Any]) -> Poll:
        found = self._session.scalars(
            query.options(selectinload(Poll.slots)).execution_options(populate_existing=True)  # type: ignore[arg-type]
        ).one_or_none()
        if not isinstance(found, Poll):
            raise NotFound("no such poll")
        return found

    def _due(self, query: Select[Any]) -> Poll | None:
        with_slots = query.limit(1).options(selectinload(Poll.slots))  # type: ignore[arg-type]
        return self._session.scalars(with_slots.with_for_update(skip_locked=True)).one_or_none()


def _asked(row: Row[Any]) -> Asked:
    return Asked(row.person_id, row.name, tuple(row.profiles), seated=row.seated, coordinator=row.coordinator)


def _at_the_same_time(poll: Poll, people: Select[UUID]) -> Select[Any]:
    """What these people answered for slots of other polls with the same start and end, newest first."""
    starts = [slot.starts_at for slot in poll.slots]
    return (
        select(poll_answers.c.person_id, poll_answers.c.answer, poll_slots.c.starts_at)
        .join(poll_slots, poll_slots.c.id == poll_answers.c.slot_id)
        .join(polls, polls.c.id == poll_answers.c.poll_id)
        .where(
            poll_answers.c.person_id.in_(people),
            poll_answers.c.source == EXPLICIT,
            poll_answers.c.poll_id != poll.id,
            poll_slots.c.starts_at.in_(starts),
            polls.c.duration_minutes == poll.duration_minutes,
        )
        .order_by(poll_answers.c.answered_at.desc(), poll_answers.c.slot_id.desc())
    )
