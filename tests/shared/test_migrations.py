import shutil
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from beraad.perform import Work
from beraad.service import Database
from beraad.storage.autogenerate import differences, write_revision
from beraad.storage.engine import open_engine
from beraad.storage.migrate import migrate, pending_migrations
from beraad.storage.tables import RowId, kernel
from beraad.storage.types import Document, Instant


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/notes.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


def tables(*more: Column[object]) -> MetaData:
    metadata = MetaData(naming_convention=kernel.naming_convention)
    Table(
        "notes",
        metadata,
        Column("note_id", RowId, primary_key=True),
        Column("text", String(80), nullable=False, index=True),
        Column("facts", Document, nullable=False),
        Column("written_at", Instant, nullable=False),
        *more,
    )
    return metadata


def a_database(folder: Path, *more: Column[object]) -> Database:
    return Database(tables(*more), str(folder / "versions"), Work)


def test_a_generated_history_leaves_no_difference_on_either_engine(database_url: str, tmp_path: Path) -> None:
    write_revision(a_database(tmp_path), "notes")
    grown = a_database(tmp_path, Column("length", Integer))
    second = write_revision(grown, "length")
    engine = open_engine(database_url)

    migrate(engine, grown)
    migrate(engine, grown)

    assert second.name == "0002_length.py"
    assert differences(engine, grown) == []
    with engine.connect() as connection:
        assert not pending_migrations(connection, grown)
    engine.dispose()


def test_a_table_changed_without_a_revision_is_found(database_url: str, tmp_path: Path) -> None:
    write_revision(a_database(tmp_path), "notes")
    engine = open_engine(database_url)
    migrate(engine, a_database(tmp_path))

    (difference,) = differences(engine, a_database(tmp_path, Column("length", Integer)))

    assert "length" in difference
    engine.dispose()


def test_a_schema_older_than_the_code_is_pending(database_url: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write_revision(a_database(old), "notes")
    shutil.copytree(old, new)
    write_revision(a_database(new, Column("length", Integer)), "length")
    engine = open_engine(database_url)
    with engine.connect() as connection:
        assert pending_migrations(connection, a_database(old))

    migrate(engine, a_database(old))

    with engine.connect() as connection:
        assert not pending_migrations(connection, a_database(old))
        assert pending_migrations(connection, a_database(new))
    engine.dispose()
