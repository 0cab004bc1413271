"""The installed services as the generated pages see them: no server, no data, nothing outside this process."""

from __future__ import annotations

import os
from functools import cache

from flask import Flask

from beraad.http.application import create_application
from beraad.service import Service, Worker, find_service, find_worker, open_store, service_names
from beraad.settings import read_settings


@cache
def services() -> dict[str, Service]:
    """The web side of each, by name."""
    return {name: find_service(name) for name in service_names()}


@cache
def workers() -> dict[str, Worker]:
    """The worker side of each, by name."""
    return {name: find_worker(name) for name in service_names()}


@cache
def application(name: str) -> Flask:
    """The web application of that service as in development. Its database is never opened."""
    os.environ["BERAAD_ENVIRONMENT"] = "development"
    os.environ[f"BERAAD_{name.upper()}_DATABASE_URL"] = "sqlite:////never/opened"
    service, settings = services()[name], read_settings(name)
    return create_application(service, open_store(name, service.database, settings), settings)
