"""What a release before this one has stored is there after its migrations."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Engine, select, text

from beraad.storage.engine import open_engine
from beraad.storage.migrate import SERVICE_TABLE, alembic_config, migrate
from beraad_membership.app import service
from beraad_membership.domain.profiles import unlimited
from beraad_membership.storage.tables import people

PERSON = text(
    "INSERT INTO people (id, name, email, language, time_zone, profiles, administrator, revision)"
    " VALUES (:id, 'Anna', :email, 'nl', 'Europe/Brussels', :profiles, false, 1)"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/old.sqlite" if sqlite else request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    yield engine
    engine.dispose()


def test_the_profiles_people_have_are_theirs_without_beginning_or_end(opened: Engine) -> None:
    database = service.database
    with opened.execution_options(writing=True).begin() as connection:
        config = alembic_config(database.versions, database.metadata, SERVICE_TABLE, connection)
        command.upgrade(config, "0002")
        for number, held in enumerate(('["user", "client"]', "[]")):
            row = {"id": UUID(int=number).hex, "email": f"{number}@smart.test", "profiles": held}
            connection.execute(PERSON, row)

    migrate(opened, database)

    with opened.connect() as connection:
        kept = connection.execute(
            select(people.c.profiles, people.c.profile_terms, people.c.external_id).order_by(people.c.id)
        ).all()
    assert [tuple(row) for row in kept] == [
        (["user", "client"], unlimited(["user", "client"]), None),
        ([], (), None),
    ]
