"""Migrations: the kernel's tables, then the service's, each with a version table of its own.

`beraad migrate NAME` is safe to run twice and at once: PostgreSQL takes an advisory lock, SQLite its
write lock; a lock wait ends after two seconds.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

from beraad.storage.tables import kernel

if TYPE_CHECKING:
    from beraad.service import Database

HERE = Path(__file__).parent / "migrations"
KERNEL_VERSIONS = str(HERE / "versions")
KERNEL_TABLE = "kernel_version"
SERVICE_TABLE = "service_version"
LOCK = 0x62657261  # "bera"


def steps(database: Database) -> tuple[tuple[str, MetaData, str], ...]:
    """(folder of revisions, tables, version table), in the order they are applied."""
    return ((KERNEL_VERSIONS, kernel, KERNEL_TABLE), (database.versions, database.metadata, SERVICE_TABLE))


def alembic_config(versions: str, metadata: MetaData, version_table: str, connection: Connection) -> Config:
    """Alembic's configuration for one of the two histories, on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", versions)
    config.attributes.update({"connection": connection, "metadata": metadata, "version_table": version_table})
    return config


def migrate(engine: Engine, database: Database) -> None:
    """Bring the database to the newest schema, in one transaction where the database can."""
    with engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))  # somebody else may be migrating
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))  # while requests wait behind us
        for versions, metadata, version_table in steps(database):
            command.upgrade(alembic_config(versions, metadata, version_table, connection), "head")


def pending_migrations(connection: Connection, database: Database) -> bool:
    """Whether the schema is older than the code. A newer one is not: migrations run before the new code does."""
    return any(_is_behind(connection, versions, table) for versions, _, table in steps(database))


def _is_behind(connection: Connection, versions: str, version_table: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": version_table})
    present = set(context.get_current_heads())
    heads, known = _revisions(versions)
    return present <= known and present != heads


@cache
def _revisions(versions: str) -> tuple[frozenset[str], frozenset[str]]:
    """The heads of what the code brings, and all it knows; neither changes while it runs, and `/readyz` asks often."""
    script = ScriptDirectory(str(HERE), version_locations=[versions])
    return frozenset(script.get_heads()), frozenset(step.revision for step in script.walk_revisions())
