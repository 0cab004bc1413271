"""docs/routes.md: every route and the action its policy decides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beraad.http.guards import POLICY
from docs.generate.installed import application, services
from docs.generate.words import code, sentence, table

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
INTRODUCTION = """# Routes

Every route of every service, with the action that [authorization](authorization.md) decides (*public*: anybody). A service refuses to
start with a route that has neither. Shapes of requests and answers are in the OpenAPI document that each service serves at
`/openapi.json` and, readable, at `/docs`; behind the gateway and in `make run` both stand below the name of the service, for
instance `/deliberation/docs`."""


KERNEL = """## In every service

From the kernel. The clock is there in development only."""
PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    path: str
    method: str
    action: str
    says: str
    of_the_kernel: bool


def page() -> str:
    """The whole page."""
    kernel = [route for route in routes_of(next(iter(services()))) if route.of_the_kernel]
    return "\n\n".join([INTRODUCTION, *map(_service, services()), KERNEL, _table(kernel)])


def routes_of(name: str) -> list[Route]:
    """The routes of that service, by path."""
    app = application(name)
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        says = PLAIN.get(rule.rule) or sentence(view, f"{name}: {rule.rule}")
        kernel = view.__module__.startswith("beraad.http")
        found += [
            Route(PARAMETER.sub(r"{\1}", rule.rule), method, getattr(view, POLICY), says, kernel)
            for method in METHODS
            if method in (rule.methods or ())
        ]
    return sorted(found, key=lambda route: (route.path, METHODS.index(route.method)))


PLAIN = {
    "/": "The same page as `/docs`.",
    "/docs": "The API, to read.",
    "/openapi.json": "The API, for programs (OpenAPI 3.1).",
}


def _service(name: str) -> str:
    own = [route for route in routes_of(name) if not route.of_the_kernel]
    return f"## {name.capitalize()}\n\n{services()[name].summary}\n\n{_table(own)}"


def _table(routes: list[Route]) -> str:
    rows = ([route.method, code(route.path), route.says, route.action] for route in routes)
    return table(["Method", "Path", "What", "Action"], rows)
