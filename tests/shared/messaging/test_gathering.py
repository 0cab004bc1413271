from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from beraad.perform import Store, Work, reading, transaction
from beraad.storage.gathering import put
from beraad.storage.tables import known_people, known_roles, known_seats

ANNA, BRAM, SEAT = uuid4(), uuid4(), uuid4()


def a_person(person_id: UUID, name: str, revision: int = 1) -> dict[str, Any]:
    row = {"person_id": person_id, "revision": revision, "name": name, "language": "nl"}
    return row | {"time_zone": "Europe/Brussels", "profiles": ["worker", "é"], "administrator": False}


def names(store: Store[Work]) -> dict[UUID, str]:
    with reading(store) as work:
        return {row.person_id: row.name for row in work.session.execute(select(known_people))}


def test_rows_of_one_table_are_written_with_one_statement(store: Store[Work]) -> None:
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    with transaction(store) as work:
        for person in (ANNA, BRAM):
            put(work.session, known_people, a_person(person, "known"), newer="revision")
    assert len([one for one in statements if "INSERT INTO known_people" in one]) == 1
    with reading(store) as work:
        rows = work.session.execute(select(known_people.c.profiles)).scalars().all()
    assert rows == [["worker", "é"]] * 2


def test_whoever_reads_sees_what_was_put(store: Store[Work]) -> None:
    with transaction(store) as work:
        put(work.session, known_people, a_person(ANNA, "Anna"), newer="revision")
        assert work.session.execute(select(known_people.c.name)).scalar() == "Anna"


@pytest.mark.parametrize("together", [True, False])
def test_the_newer_stays_whichever_came_first(store: Store[Work], together: bool) -> None:
    puts = [
        (ANNA, "second", 2),
        (ANNA, "first", 1),
        (BRAM, "first", 1),
        (BRAM, "second", 2),
        (BRAM, "again", 2),
    ]
    for portion in [puts] if together else [[one] for one in puts]:
        with transaction(store) as work:
            for person, name, revision in portion:
                put(work.session, known_people, a_person(person, name, revision), newer="revision")
    assert names(store) == {ANNA: "second", BRAM: "second"}


def test_without_a_rule_the_later_stays_and_columns_that_are_not_named_are_left(store: Store[Work]) -> None:
    seat = {"seat_id": SEAT, "group_id": uuid4(), "person_id": ANNA}
    with transaction(store) as work:
        put(work.session, known_seats, seat)
        put(work.session, known_seats, {**seat, "vacated": True})
        put(work.session, known_seats, {**seat, "person_id": BRAM})
    with reading(store) as work:
        row = work.session.execute(select(known_seats)).one()
    assert (row.person_id, row.vacated) == (BRAM, True)


def test_a_row_that_is_all_key_may_be_put_twice(store: Store[Work]) -> None:
    role = {"group_id": uuid4(), "person_id": ANNA, "role": "facilitator"}
    with transaction(store) as work:
        put(work.session, known_roles, role)
        put(work.session, known_roles, role)
    with transaction(store) as work:
        put(work.session, known_roles, role)
    with reading(store) as work:
        assert len(work.session.execute(select(known_roles)).all()) == 1


def test_what_was_put_since_a_savepoint_is_forgotten_with_it(store: Store[Work]) -> None:
    with transaction(store) as work:
        savepoint = work.session.begin_nested()
        put(work.session, known_people, a_person(ANNA, "gone"), newer="revision")
        savepoint.rollback()
        with work.session.begin_nested():
            put(work.session, known_people, a_person(BRAM, "stays"), newer="revision")
    assert names(store) == {BRAM: "stays"}
