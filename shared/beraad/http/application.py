"""A service's web application, put together the same way for all four."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import AnyConverter

from beraad.contracts import PRIVATE_READERS
from beraad.domain import YES, Decision, Standing, no
from beraad.http import development, documentation, feed
from beraad.http.app import Application
from beraad.http.authentication import install_authentication
from beraad.http.guards import refuse_unguarded_routes
from beraad.http.headers import install_headers
from beraad.http.health import install_health
from beraad.http.json import AnswerJson
from beraad.http.limits import install_limits
from beraad.http.problems import install_problems
from beraad.http.schemas import Problem
from beraad.perform import Store
from beraad.service import Service
from beraad.settings import Settings


class ProblemApi(Api):
    """flask-smorest with our problem documents instead of its own error format."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self, *_args: Any, **_options: Any) -> None:
        """`install_problems` answers errors."""


def _feed_reader(standing: Standing, service: Any) -> Decision:
    """Services, integrators with an API key of that scope, and the organisation's administrators."""
    actor = standing.actor
    if actor.service or actor.administrator or f"events:{service}" in actor.scopes:
        return YES
    if actor.api_key_id is not None:
        return no("OutsideScope", "this feed is not in the scopes of the API key")
    return no("NotAllowed", "the feed is read by services, integrators and administrators")


def _private_reader(standing: Standing, publisher: Any) -> Decision:
    """One service alone: addresses and sign-in links are in it, or what is held of a person."""
    reader = PRIVATE_READERS.get(publisher, "notifications")
    return YES if standing.actor.service == reader else no("NotAllowed", f"only {reader} reads this")


def _administrator(standing: Standing, _resource: Any) -> Decision:
    """Only the organisation's administrators."""
    return YES if standing.administrator else no("NotAllowed", "only an administrator may do this")


KERNEL_POLICIES = {
    "feed.read": _feed_reader,
    "feed.read_private": _private_reader,
    "parked.read": _administrator,
    "clock.read": _administrator,
    "clock.move": _administrator,
}


def create_application(service: Service, store: Store[Any], settings: Settings) -> Flask:
    """The WSGI application of a service. Raises `UnguardedApplication` where a route has no policy."""
    app = Application(
        __name__, static_folder=None
    )  # not the service: a folder of that name would be taken for it
    app.json = AnswerJson(app)
    if hops := settings.trusted_proxies:
        behind = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)
        app.wsgi_app = behind  # type: ignore[method-assign]
    policies = {**KERNEL_POLICIES, **service.policies}
    store.make_work = _with_policies(store.make_work, policies)
    app.extensions.update(
        {
            "beraad.store": store,
            "beraad.settings": settings,
            "beraad.database": service.database,
            "beraad.conflicts": service.database.conflicts,
            "beraad.service": service,
        }
    )
    install_problems(app)
    install_headers(app)
    install_authentication(app)
    install_limits(app)
    install_health(app)
    _install_routes(app, service, settings)
    refuse_unguarded_routes(app, policies)
    return app


def _with_policies(make_work: Any, policies: Any) -> Any:
    def make(*arguments: Any) -> Any:
        work = make_work(*arguments)
        work.policies = policies
        return work

    return make


def _install_routes(app: Flask, service: Service, settings: Settings) -> None:
    app.config.update(
        API_TITLE=f"Beraad {service.name}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": service.summary}},
    )
    api = ProblemApi(app)
    api.register_converter(AnyConverter, lambda any_of: {"type": "string", "enum": sorted(any_of.items)})
    blueprints = [*service.blueprints, feed.blueprint]
    if settings.development:
        blueprints.append(development.blueprint)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    documentation.install_documentation(app, api)
