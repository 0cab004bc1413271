"""`/livez` (the process answers), `/readyz` (it can work), `/metrics` (Prometheus)."""

from __future__ import annotations

import os
import time
from functools import cache

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from beraad.http.app import Application, Asking
from beraad.http.context import current_settings, current_store
from beraad.http.guards import public
from beraad.http.problems import problem
from beraad.run_folder import drain_file
from beraad.service import Database
from beraad.storage.migrate import pending_migrations

blueprint = Blueprint("health", __name__)
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
REQUESTS = Counter("beraad_requests", "Requests answered", ["service", "method", "route", "status"])
SECONDS = Histogram("beraad_request_seconds", "Time to answer", ["service", "method", "route"])


@blueprint.get("/livez")
@public
def livez() -> Response:
    """The process answers. Depends on nothing."""
    return Response('{"status": "alive"}', content_type="application/json")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """The database answers, its schema is current, and the service is not draining. Not the broker: the outbox waits."""
    if drain_file(current_settings().service).exists():
        return problem(503, "Draining", "this service is about to stop")
    try:
        database: Database = current_app.extensions["beraad.database"]
        store = current_store()
        with store.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            missing = pending_migrations(connection, database)
    except SQLAlchemyError as error:
        return problem(503, "DatabaseUnavailable", f"the database does not answer: {type(error).__name__}")
    if missing:
        return problem(503, "MigrationsPending", f"run `beraad migrate {store.service}`")
    surroundings = {"transport": current_settings().transport, "database": store.engine.dialect.name}
    return jsonify({"status": "ready", **surroundings})


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus text format, summed over the processes of this machine."""
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def install_health(app: Application) -> None:
    """Register the endpoints and measure every request."""
    app.register_blueprint(blueprint)
    app.before.append(_start)
    app.after.append(_measure)


def _start(asking: Asking) -> None:
    asking.known.started = time.perf_counter()


def _measure(asking: Asking, response: Response) -> Response:
    rule, method = asking.request.url_rule, asking.request.method
    route = rule.rule if rule else "unmatched"
    known_method = method if method in METHODS else "other"
    count, seconds = _meters(asking.settings.service, known_method, route, response.status_code)
    count.inc()
    now = time.perf_counter()
    seconds.observe(now - asking.known.get("started", now))
    return response


@cache
def _meters(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Looked up once for each kind of answer a route gives."""
    return REQUESTS.labels(service, method, route, status), SECONDS.labels(service, method, route)
