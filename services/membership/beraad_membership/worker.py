"""The worker side of membership: what it listens to, and what falls due."""

from __future__ import annotations

from typing import Any

from beraad.perform import Store, perform
from beraad.service import DueWork, Worker
from beraad.settings import Settings
from beraad_membership.storage.database import DATABASE
from beraad_membership.subscriptions.deliberation import deliberation
from beraad_membership.use_cases.renew_profiles import RenewProfiles, renew_profiles
from beraad_membership.use_cases.vacate_seat import EndTerms, end_terms


def end_terms_once(store: Store[Any], _settings: Settings) -> bool:
    """Vacate the seats of one group whose term is over."""
    return perform(store, end_terms, EndTerms())


def renew_profiles_once(store: Store[Any], _settings: Settings) -> bool:
    """Let the profiles of some people that started or ended count."""
    return perform(store, renew_profiles, RenewProfiles())


worker = Worker(
    name="membership",
    database=DATABASE,
    subscriptions=(deliberation,),
    due_work=(DueWork("end_terms", end_terms_once), DueWork("renew_profiles", renew_profiles_once)),
)
