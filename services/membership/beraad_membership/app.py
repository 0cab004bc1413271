"""The web side of membership."""

from __future__ import annotations

import os
from typing import Any

from beraad.perform import Store, perform
from beraad.service import Service
from beraad.settings import Settings
from beraad_membership.api import (
    api_keys,
    compositions,
    conflicts,
    consents,
    erasures,
    groups,
    pending,
    people,
    people_imports,
    person_exports,
    selections,
    sign_in,
)
from beraad_membership.domain.authorization import POLICIES
from beraad_membership.storage.database import DATABASE
from beraad_membership.use_cases.prepare_organisation import PrepareOrganisation, prepare_organisation


def prepare(store: Store[Any], _settings: Settings) -> list[str]:
    """A signing key and a first administrator; lines for whoever starts the system to read."""
    command = PrepareOrganisation(
        administrator_name=os.environ.get("BERAAD_ADMINISTRATOR_NAME", "Administrator"),
        administrator_email=os.environ.get("BERAAD_ADMINISTRATOR_EMAIL", "administrator@localhost"),
    )
    link = perform(store, prepare_organisation, command)
    if link is None:
        return []
    return [f"Administrator {command.administrator_email}, sign in (once, within 24 hours): {link}"]


service = Service(
    name="membership",
    summary="People, groups, their composition, seats and roles; sign-in.",
    database=DATABASE,
    blueprints=(
        people.blueprint,
        erasures.blueprint,
        person_exports.blueprint,
        people_imports.blueprint,
        consents.blueprint,
        groups.blueprint,
        compositions.blueprint,
        conflicts.blueprint,
        selections.blueprint,
        sign_in.blueprint,
        api_keys.blueprint,
        pending.blueprint,
    ),
    policies=POLICIES,
    prepare=prepare,
)
