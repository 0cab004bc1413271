"""Deliberation's database: tables, migrations, unit of work, and the rules its constraints enforce."""

from __future__ import annotations

from pathlib import Path

from beraad.domain import Stale
from beraad.service import Database
from beraad_deliberation.domain.questions import AlreadyReacted
from beraad_deliberation.storage.tables import metadata
from beraad_deliberation.storage.work import Work

DATABASE = Database(
    metadata=metadata,
    versions=str(Path(__file__).parents[1] / "migrations" / "versions"),
    make_work=Work,
    conflicts={
        "pk_group_profiles": Stale,
        "group_profiles.group_id, group_profiles.revision": Stale,
        "uq_reactions_proposal_id_person_id": AlreadyReacted,
        "reactions.proposal_id, reactions.person_id": AlreadyReacted,
    },
)
