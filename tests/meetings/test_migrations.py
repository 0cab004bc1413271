"""What a release before this one has stored is there after its migrations, and goes on being true."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.orm import Session

from beraad.storage.engine import open_engine
from beraad.storage.migrate import alembic_config, migrate, steps
from beraad.storage.tables import known_seats
from beraad_meetings.app import service
from beraad_meetings.domain.meeting_states import ORDINARY_QUORUM
from beraad_meetings.storage.attendance import presence_of
from beraad_meetings.storage.tables import (
    action_items,
    attendance,
    meetings,
    minutes,
    minutes_versions,
    overridden_conflicts,
    poll_slots,
    polls,
)

SIX = datetime(2017, 9, 5, 16, tzinfo=UTC)
LATER = {"at"}
"""Columns that were not there and have no default."""


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    sqlite = request.param == "sqlite"
    engine = open_engine(
        f"sqlite:///{tmp_path}/old.sqlite" if sqlite else request.getfixturevalue("postgres_url")
    )
    yield engine
    engine.dispose()


def put(connection: Connection, table: Table, **values: Any) -> None:
    """A row with those values, and something in every other column that needed it then."""
    some: dict[type, Any] = {str: "", int: 1, bool: False, datetime: SIX}
    needed = {
        column.name: some[column.type.python_type]
        for column in table.c
        if not column.nullable
        and column.server_default is None
        and column.name not in {*values, *LATER}
        and column is not table.autoincrement_column
    }
    connection.execute(table.insert().values(**{**needed, **values}))


def test_lines_of_attendance_keep_their_moment_and_seats_that_are_held_count(opened: Engine) -> None:
    (kernel, own) = steps(service.database)
    meeting_id, group_id, person_id, gone_id = (uuid4() for _ in range(4))
    with opened.execution_options(writing=True).begin() as connection:
        for (versions, metadata, table), until in ((kernel, "head"), (own, "0001")):
            command.upgrade(alembic_config(versions, metadata, table, connection), until)
        for holder, vacated in ((person_id, False), (gone_id, True)):
            seat = {"seat_id": uuid4(), "group_id": group_id, "person_id": holder, "vacated": vacated}
            connection.execute(known_seats.insert().values(**seat))
        put(connection, meetings, id=meeting_id, group_id=group_id, state="open")
        came = {"meeting_id": meeting_id, "person_id": person_id, "state": "present", "counts": True}
        put(connection, attendance, recorded_at=SIX, **came)

    migrate(opened, service.database)

    with Session(opened) as session:
        presence = presence_of(session, meeting_id, group_id, None)
        before, since = (presence.quorum(ORDINARY_QUORUM, SIX + timedelta(seconds=late)) for late in (-1, 0))
        rule = session.execute(select(meetings.c.quorum)).scalar_one()
    assert (before.base, before.present) == (1, 0)
    assert (since.base, since.present) == (1, 1)
    assert rule == ORDINARY_QUORUM


def test_an_action_item_belongs_to_the_minutes_in_which_it_was_first_written(opened: Engine) -> None:
    (kernel, own) = steps(service.database)
    earlier, later, item_id, other_id = (uuid4() for _ in range(4))
    with opened.execution_options(writing=True).begin() as connection:
        for (versions, metadata, table), until in ((kernel, "head"), (own, "0005")):
            command.upgrade(alembic_config(versions, metadata, table, connection), until)
        for minutes_id, at, items in ((later, 2, [item_id, other_id]), (earlier, 1, [item_id])):
            meeting_id = uuid4()
            put(connection, meetings, id=meeting_id, group_id=uuid4())
            ours = {"id": minutes_id, "meeting_id": meeting_id, "group_id": uuid4(), "proposal_ids": []}
            put(connection, minutes, **ours)
            written = {"minutes_id": minutes_id, "written_at": SIX + timedelta(hours=at)}
            told = [{"id": str(one)} for one in items]
            put(connection, minutes_versions, action_items=told, **written)

    migrate(opened, service.database)

    with Session(opened) as session:
        kept = {row.item_id: row.minutes_id for row in session.execute(select(action_items))}
    assert kept == {item_id: earlier, other_id: later}


def test_words_of_why_a_slot_was_booked_have_an_author(opened: Engine) -> None:
    (kernel, own) = steps(service.database)
    opener, booker = uuid4(), uuid4()
    some, others, plain = (uuid4() for _ in range(3))
    with opened.execution_options(writing=True).begin() as connection:
        for (versions, metadata, table), until in ((kernel, "head"), (own, "0005")):
            command.upgrade(alembic_config(versions, metadata, table, connection), until)
        for poll_id, why in ((some, "the mill closes"), (others, "it must be"), (plain, None)):
            meeting_id = uuid4()
            put(connection, meetings, id=meeting_id, group_id=uuid4())
            told = {"meeting_id": meeting_id, "booked_despite": why, "opened_by": opener}
            put(connection, polls, id=poll_id, group_id=uuid4(), **told)
            if poll_id == some:
                overridden = {"meeting_id": meeting_id, "reason": why, "overridden_by": booker}
                put(connection, overridden_conflicts, id=uuid4(), **overridden)

    migrate(opened, service.database)

    with Session(opened) as session:
        wrote = {row.id: row.booked_by for row in session.execute(select(polls))}
    assert wrote == {some: booker, others: opener, plain: None}


def test_a_database_goes_back_with_the_polls_in_it(opened: Engine) -> None:
    migrate(opened, service.database)
    (_kernel, (versions, metadata, table)) = steps(service.database)
    poll_id, slot_id = uuid4(), uuid4()
    with opened.execution_options(writing=True).begin() as connection:
        put(connection, polls, id=poll_id, group_id=uuid4())
        put(connection, poll_slots, id=slot_id, poll_id=poll_id)
    with opened.execution_options(writing=True).begin() as connection:
        command.downgrade(alembic_config(versions, metadata, table, connection), "0005")
    migrate(opened, service.database)

    with Session(opened) as session:
        kept = session.execute(select(poll_slots.c.id, polls.c.id).join(polls)).all()
    assert kept == [(slot_id, poll_id)]
