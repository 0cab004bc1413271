"""The database of notifications: tables, migrations, unit of work."""

from __future__ import annotations

from pathlib import Path

from beraad.service import Database
from beraad_notifications.storage.tables import metadata
from beraad_notifications.storage.work import Work

DATABASE = Database(
    metadata=metadata,
    versions=str(Path(__file__).parents[1] / "migrations" / "versions"),
    make_work=Work,
)
