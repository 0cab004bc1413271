"""The worker side of membership: what it listens to, and what falls due."""

from __future__ import annotations

from typing import Any

from beraad.perform import Store, perform
from beraad.service import DueWork, Worker
from beraad.settings import Settings
from beraad_membership.storage.database import DATABASE
from beraad_membership.subscriptions.deliberation import deliberation
from beraad_membership.subscriptions.held_elsewhere import held_elsewhere
from beraad_membership.use_cases.export_person import ExpireExports, expire_exports
from beraad_membership.use_cases.finish_erasure import (
    FinishErasure,
    ForgetExpiredLinks,
    finish_erasure,
    forget_expired_links,
)
from beraad_membership.use_cases.vacate_seat import AnnounceEnds, EndTerms, announce_ends, end_terms


def end_terms_once(store: Store[Any], _settings: Settings) -> bool:
    """Vacate the seats of one group whose term is over."""
    return perform(store, end_terms, EndTerms())


def announce_ends_once(store: Store[Any], _settings: Settings) -> bool:
    """Tell the holders of one group whose terms end soon."""
    return perform(store, announce_ends, AnnounceEnds())


def finish_erasure_once(store: Store[Any], _settings: Settings) -> bool:
    """Erase once more what was under way when one person was erased."""
    return perform(store, finish_erasure, FinishErasure())


def expire_exports_once(store: Store[Any], _settings: Settings) -> bool:
    """Exports whose week is over."""
    return perform(store, expire_exports, ExpireExports())


def forget_links(store: Store[Any], _settings: Settings) -> bool:
    """Sign-in links that are long over."""
    return perform(store, forget_expired_links, ForgetExpiredLinks())


worker = Worker(
    name="membership",
    database=DATABASE,
    subscriptions=(deliberation, *held_elsewhere),
    due_work=(
        DueWork("end_terms", end_terms_once),
        DueWork("announce_ends", announce_ends_once),
        DueWork("finish_erasure", finish_erasure_once),
        DueWork("forget_links", forget_links),
        DueWork("expire_exports", expire_exports_once),
    ),
)
