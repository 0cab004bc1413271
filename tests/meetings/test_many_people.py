"""Tens of thousands of people in one meeting or poll: more than a statement may have parameters."""

import sqlite3
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from beraad.identifiers import new_id
from beraad.perform import transaction
from beraad.storage.tables import known_people, known_seats
from beraad_meetings.domain.availability import Range
from beraad_meetings.domain.double_booking import Span
from beraad_meetings.domain.invitations import Invitation
from meetings.vocabulary import Circle, a_circle
from worlds.world import WorldMaker

MANY = 70_000
SQLITE_TAKES = 32_766
"""Parameters of one statement, unless it was built for more, as Debian's is."""


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    circle = a_circle(a_world("meetings", on=each_engine))
    if each_engine == "sqlite":
        event.listen(circle.world.store.engine, "checkout", as_sqlite_is)
    return circle


def as_sqlite_is(connection: sqlite3.Connection, *_rest: Any) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, SQLITE_TAKES)


@pytest.fixture(scope="module")
def people() -> list[UUID]:
    return sorted(new_id() for _ in range(MANY))


def test_of_many_it_is_told_who_is_in_another_meeting(circle: Circle, people: list[UUID]) -> None:
    meeting_id = UUID(circle.meeting()["id"])
    with transaction(circle.world.store) as work:
        work.invitations.invite([an_invitation(meeting_id, circle, people[-1])])
        starts_at = work.meetings.get(meeting_id).starts_at
        span = Span(starts_at, starts_at + timedelta(minutes=5))
        found = work.bookings.conflicts({span: people})
        assert [(one.person_id, one.meeting_id) for one in found] == [(people[-1], meeting_id)]
        assert work.bookings.conflicts({span: people}, [meeting_id]) == []


def test_many_are_told_again_or_left_out(circle: Circle, people: list[UUID]) -> None:
    meeting_id = UUID(circle.meeting()["id"])
    with transaction(circle.world.store) as work:
        work.invitations.invite([an_invitation(meeting_id, circle, one) for one in people[:2]])
        meeting = work.meetings.get(meeting_id)
        assert {one.person_id for one in work.invitations.renew_of(meeting, people)} == set(people[:2])
        rest = work.invitations.renew_guests([meeting_id], people[1:])
        assert people[0] in {one.person_id for one in rest}
        assert people[1] not in {one.person_id for one in rest}


def test_a_poll_asks_many_and_knows_what_each_said(circle: Circle, people: list[UUID]) -> None:
    poll, other = circle.poll(), circle.poll()
    with transaction(circle.world.store) as work:
        work.session.execute(known_people.insert(), [a_person(one) for one in people])
        seated = [a_seat(one, circle.group_id) for one in people]
        work.session.execute(known_seats.insert(), seated)
        asked = work.polls.get(UUID(poll["id"]))
        first, second, third = asked.slots
        work.polls.answer(asked, people[0], {first.id: "no"}, work.now)
        elsewhere = work.polls.get(UUID(other["id"]))
        work.polls.answer(elsewhere, people[1], {elsewhere.slots[1].id: "yes"}, work.now)
        work.polls.state_availability(people[2], [Range(asked.span_of(third), "if_need_be")])

        assert len(work.polls.asked(circle.group_id)) == MANY + len(circle.seated)
        said = work.polls.said(asked, people)

    assert [
        {person: one.answer for person, one in said[slot.id].items()} for slot in (first, second, third)
    ] == [{people[0]: "no"}, {people[1]: "yes"}, {people[2]: "if_need_be"}]


def an_invitation(meeting_id: UUID, circle: Circle, person_id: UUID) -> Invitation:
    return Invitation(
        id=new_id(), series_id=None, meeting_id=meeting_id, group_id=circle.group_id, person_id=person_id
    )


def a_person(person_id: UUID) -> dict[str, Any]:
    told = {"name": "Someone", "language": "nl", "time_zone": "Europe/Brussels", "profiles": []}
    return {"person_id": person_id, "revision": 1, **told}


def a_seat(person_id: UUID, group_id: UUID) -> dict[str, Any]:
    return {"seat_id": new_id(), "group_id": group_id, "person_id": person_id, "vacated": False}
