"""Before a service serves: its schema is brought up to date, then it prepares what its first request needs."""

from __future__ import annotations

from beraad.service import Service, open_store
from beraad.settings import Settings
from beraad.storage.migrate import migrate


def prepare(service: Service, settings: Settings) -> list[str]:
    """Migrate and prepare; safe to repeat. Returns what the service wants an operator to read, line by line."""
    store = open_store(service.name, service.database, settings, pool_size=1)
    try:
        migrate(store.engine, service.database)
        return service.prepare(store, settings) if service.prepare else []
    finally:
        store.engine.dispose()
