"""The database of meetings: tables, migrations, unit of work, and the rules its constraints enforce."""

from __future__ import annotations

from pathlib import Path

from beraad.service import Database
from beraad_meetings.storage.tables import metadata
from beraad_meetings.storage.work import Work

DATABASE = Database(
    metadata=metadata,
    versions=str(Path(__file__).parents[1] / "migrations" / "versions"),
    make_work=Work,
)
