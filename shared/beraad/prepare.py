"""Before a service serves: its schema is brought up to date, then it prepares what its first request needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from beraad.domain import RuleBroken
from beraad.perform import Store
from beraad.service import Service, open_store
from beraad.settings import Settings
from beraad.storage.migrate import migrate


def prepare(service: Service, settings: Settings) -> list[str]:
    """Migrate and prepare; safe to repeat. Returns what the service wants an operator to read, line by line."""
    store = open_store(service.name, service.database, settings, pool_size=1)
    try:
        migrate(store.engine, service.database)
        return _prepared(service, store, settings)
    finally:
        store.engine.dispose()


def _prepared(service: Service, store: Store[Any], settings: Settings) -> list[str]:
    if service.prepare is None:
        return []
    try:
        return service.prepare(store, settings)
    except (IntegrityError, RuleBroken):  # another process prepared at the same moment: build on what it made
        return service.prepare(store, settings)
