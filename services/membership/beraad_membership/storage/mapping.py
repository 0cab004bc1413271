"""The aggregates are plain dataclasses; here they meet the tables."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers, registry, relationship

from beraad_membership.domain.api_keys import ApiKey
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.conflicts import Conflict
from beraad_membership.domain.consents import Consent
from beraad_membership.domain.groups import Group, Role, Seat
from beraad_membership.domain.imports import PeopleImport
from beraad_membership.domain.people import Person
from beraad_membership.domain.selections import Selection
from beraad_membership.domain.sign_in import Session, SignInLink
from beraad_membership.domain.vacancies import Reserve, Vacancy
from beraad_membership.storage import tables

mapper = registry(metadata=tables.metadata)
CHILDREN = {"lazy": "raise", "cascade": "all, delete-orphan"}

mapper.map_imperatively(Person, tables.people)
mapper.map_imperatively(Seat, tables.seats)
mapper.map_imperatively(Role, tables.roles)
mapper.map_imperatively(
    Group,
    tables.groups,
    properties={
        "seats": relationship(Seat, order_by=tables.seats.c.id, **CHILDREN),  # type: ignore[arg-type]
        "roles": relationship(Role, order_by=tables.roles.c.role, **CHILDREN),  # type: ignore[arg-type]
    },
)
mapper.map_imperatively(Candidacy, tables.candidacies)
mapper.map_imperatively(Conflict, tables.conflicts)
mapper.map_imperatively(Selection, tables.selections)
mapper.map_imperatively(Reserve, tables.reserves)
mapper.map_imperatively(Vacancy, tables.vacancies)
mapper.map_imperatively(Consent, tables.consents)
mapper.map_imperatively(PeopleImport, tables.people_imports)
mapper.map_imperatively(SignInLink, tables.sign_in_links)
mapper.map_imperatively(Session, tables.sessions)
mapper.map_imperatively(ApiKey, tables.api_keys)
configure_mappers()
