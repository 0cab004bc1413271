"""Membership's database: tables, migrations, unit of work, and the rules its constraints enforce."""

from __future__ import annotations

from pathlib import Path

from beraad.service import Database
from beraad_membership.domain.candidacies import AlreadyCandidate
from beraad_membership.domain.groups import AlreadySeated
from beraad_membership.domain.people import EmailAlreadyRegistered, ExternalIdAlreadyTaken
from beraad_membership.domain.selections import SelectionUnderWay
from beraad_membership.storage.tables import metadata
from beraad_membership.storage.work import Work

DATABASE = Database(
    metadata=metadata,
    versions=str(Path(__file__).parents[1] / "migrations" / "versions"),
    make_work=Work,
    conflicts={
        "uq_people_email": EmailAlreadyRegistered,
        "people.email": EmailAlreadyRegistered,
        "uq_people_external_id": ExternalIdAlreadyTaken,
        "people.external_id": ExternalIdAlreadyTaken,
        "uq_candidacies_standing": AlreadyCandidate,
        "candidacies.group_id, candidacies.person_id": AlreadyCandidate,
        "uq_selections_under_way": SelectionUnderWay,
        "selections.group_id": SelectionUnderWay,
        "uq_seats_filled": AlreadySeated,
        "seats.group_id, seats.person_id": AlreadySeated,
    },
)
