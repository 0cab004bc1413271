"""What a release before this one has stored is there after its migrations."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, text

from beraad.storage.engine import open_engine
from beraad.storage.migrate import SERVICE_TABLE, alembic_config, migrate
from beraad_deliberation.app import service
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.stages import Stage

SOME: dict[type, Any] = {
    str: "",
    int: 1,
    bool: False,
    datetime: datetime(2017, 10, 2, tzinfo=UTC),
    date: date(2017, 10, 2),
}


def put(connection: Connection, name: str, **values: Any) -> None:
    """A row with those values, and something in every other column that needs it. Later columns have a default."""
    table = service.database.metadata.tables[name]
    needed = {
        column.name: SOME.get(column.type.python_type, [])
        for column in table.c
        if not column.nullable and column.server_default is None
    }
    connection.execute(table.insert().values(**{**needed, **values}))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_amendment_of_a_passage_becomes_the_edit_of_it(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path}/old.sqlite" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    )
    opened = open_engine(url)
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
    opened.dispose()
