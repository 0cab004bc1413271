"""What a release before this one has stored is there after its migrations."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, select, text

from beraad.storage.engine import open_engine
from beraad.storage.migrate import SERVICE_TABLE, alembic_config, migrate
from beraad.storage.types import Instant
from beraad_deliberation.app import service
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.profiles import PRESETS
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.storage.tables import current_ballots, current_responses, responses

SOME: dict[type, Any] = {
    str: "",
    int: 1,
    bool: False,
    datetime: datetime(2017, 10, 2, tzinfo=UTC),
    date: date(2017, 10, 2),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    sqlite = request.param == "sqlite"
    engine = open_engine(
        f"sqlite:///{tmp_path}/old.sqlite" if sqlite else request.getfixturevalue("postgres_url")
    )
    yield engine
    engine.dispose()


def put(connection: Connection, name: str, **values: Any) -> None:
    """A row with those values, and something in every other column that needs it. Later columns have a default."""
    table = service.database.metadata.tables[name]
    needed = {
        column.name: SOME.get(column.type.python_type, [])
        for column in table.c
        if not column.nullable and column.server_default is None
    }
    connection.execute(table.insert().values(**{**needed, **values}))


def test_an_amendment_of_a_passage_becomes_the_edit_of_it(opened: Engine) -> None:
    database = service.database
    with opened.execution_options(writing=True).begin() as connection:
        config = alembic_config(database.versions, database.metadata, SERVICE_TABLE, connection)
        command.upgrade(config, "0001")
    proposal_id, amendment_id = uuid4(), uuid4()
    with opened.execution_options(writing=True).begin() as connection:
        put(
            connection,
            "proposals",
            id=proposal_id,
            group_id=uuid4(),
            responsible_id=uuid4(),
            stage=Stage.TUNING,
        )
        put(connection, "versions", proposal_id=proposal_id, number=1, text="We rent one room.")
        put(
            connection,
            "amendments",
            id=amendment_id,
            proposal_id=proposal_id,
            group_id=uuid4(),
            author_id=uuid4(),
            base_version=1,
            original="one room",
            replacement="two rooms",
            state=AmendmentState.PROPOSED,
        )
    migrate(opened, database)
    with opened.connect() as connection:
        edits = connection.execute(text("SELECT edits FROM amendments")).scalar_one()
    assert edits in ([[8, 16, "two rooms"]], '[[8, 16, "two rooms"]]')


RUN, ANNA, BEN, CARLA = (UUID(int=number) for number in range(1, 5))
GIVEN = datetime(2017, 10, 2, tzinfo=UTC)


def answers_of_a_release_before(connection: Connection) -> None:
    """Anna twice; Ben's was taken back while the round ran, Carla contested hers after it; a ballot without a history."""
    given = [*("round_id", "person_id", "version", "answer", "given_at", "contested_at", "leaf")]
    for person, answer, contested, counts in (
        (ANNA, "abstain", None, False),
        (ANNA, "consent", None, True),
        (BEN, "consent", None, False),
        (BEN, "consent", GIVEN, False),
        (CARLA, "consent", None, False),
        (CARLA, "consent", GIVEN, True),
    ):
        values = dict(zip(given, (RUN, person, 1, answer, GIVEN, contested, person.bytes), strict=True))
        types = [sa.Uuid, sa.Uuid, sa.Integer, sa.String, Instant, Instant, sa.LargeBinary]
        if counts:
            kept = sa.table("responses", *map(sa.column, given, types))
            connection.execute(kept.insert().values(**values))
        if contested and counts:  # after the close it has no leaf of its own
            values["leaf"] = None
        every = sa.table("response_history", *map(sa.column, given, types))
        connection.execute(every.insert().values(**values))
    ballot = sa.table(
        "ballots",
        *map(
            sa.column,
            ("vote_id", "person_id", "version", "choice", "given_at"),
            (sa.Uuid, sa.Uuid, sa.Integer, sa.String, Instant),
        ),
    )
    connection.execute(
        ballot.insert().values(vote_id=RUN, person_id=ANNA, version=1, choice="for", given_at=GIVEN)
    )


def test_what_was_answered_before_is_numbered_and_the_same_counts(opened: Engine) -> None:
    database = service.database

    def at(revision: str, move: Callable[[Config, str], None]) -> None:
        with opened.execution_options(writing=True).begin() as connection:
            config = alembic_config(database.versions, database.metadata, SERVICE_TABLE, connection)
            move(config, revision)

    def counting(answers: Any, said: str) -> list[tuple[UUID, str, int]]:
        with opened.connect() as connection:
            rows = connection.execute(select(answers).order_by(answers.c.person_id)).all()
        return [(row.person_id, str(getattr(row, said)), row.ordinal) for row in rows]

    at("0007", command.upgrade)
    with opened.execution_options(writing=True).begin() as connection:
        proposal = uuid4()
        put(connection, "proposals", id=proposal, group_id=RUN, responsible_id=ANNA, stage=Stage.TUNING)
        for name in ("rounds", "votes"):
            profile = PRESETS["consent"]
            put(
                connection,
                name,
                id=RUN,
                proposal_id=proposal,
                group_id=RUN,
                state=RunState.CLOSED,
                profile=profile,
            )
        answers_of_a_release_before(connection)
    for _ in range(2):
        at("0008", command.upgrade)
        assert counting(current_responses, "answer") == [(ANNA, "consent", 2), (CARLA, "consent", 2)]
        assert counting(current_ballots, "choice") == [(ANNA, "for", 1)]
        with opened.connect() as connection:
            assert connection.execute(select(responses.c.taken_back).order_by(responses.c.row_id)).all() == [
                (False,),
                (False,),
                (False,),
                (True,),
                (False,),
                (False,),
            ]
        at("0007", command.downgrade)
        with opened.connect() as connection:
            kept = connection.execute(text("SELECT leaf FROM responses ORDER BY person_id")).scalars()
            assert [bytes(leaf) for leaf in kept] == [ANNA.bytes, CARLA.bytes]
