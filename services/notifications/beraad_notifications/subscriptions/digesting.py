"""Due work: make the digests of those whose morning has come."""

from __future__ import annotations

from typing import Any

from beraad.clock import real_now
from beraad.perform import Store, perform, reading
from beraad.settings import Settings
from beraad_notifications.use_cases.make_digests import MakeDigests, make_digests

BATCH = 50


def make_due_digests(store: Store[Any], _settings: Settings) -> bool:
    """False when there was none to make."""
    with reading(store, glancing=True) as work:
        if not work.deliveries.people_with_digests(1, work.now):
            return False
    return perform(store, make_digests, MakeDigests(BATCH, real_now())) > 0
