"""Who may ask what, played over HTTP: every route by every actor, compared with a table that people can read.

A line of the table is `METHOD path: actor actor …`, the actors who are not refused. Refused is 401, 403 or 404; what the
state or the request's content forbids (409, 412, 422) is asked by somebody who may.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from beraad.http.guards import POLICY
from worlds.callers import Caller

REFUSED = {401, 403, 404}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


def rights(
    actors: Mapping[str, Caller], table: str, ids: Mapping[str, Any], bodies: Mapping[str, Any]
) -> str:
    """The table as it really is, for the same routes in the same order; actors in the order they are given.

    `ids` fills the paths; what it has under `METHOD path` goes before, made anew for each actor where it is a function.
    `bodies` is what is sent, by `METHOD path`: JSON, or bytes of CSV.
    """
    return "\n".join(
        f"{route}: {' '.join(name for name, caller in actors.items() if _may(caller, route, ids, bodies))}".rstrip()
        for route in routes_in(table)
    )


def routes_in(table: str) -> list[str]:
    return [line.partition(":")[0].strip() for line in table.strip().splitlines()]


def guarded_routes(app: Flask) -> set[str]:
    """`METHOD path` of every route of the service's own that is not public."""
    return {
        method + " " + PARAMETER.sub(r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in METHODS & (rule.methods or set())
        if _is_guarded(app.view_functions[rule.endpoint])
    }


def _is_guarded(view: Any) -> bool:
    return getattr(view, POLICY) != "public" and not view.__module__.startswith("beraad.http")


def _may(caller: Caller, route: str, ids: Mapping[str, Any], bodies: Mapping[str, Any]) -> bool:
    method, _, path = route.partition(" ")
    options: dict[str, Any] = {"if_match": '"1"'} if method in {"PUT", "PATCH"} else {}
    body, own = bodies.get(route), ids.get(route, {})
    options.update({"data": body, "content_type": "text/csv"} if isinstance(body, bytes) else {"json": body})
    known = {**ids, **(own() if callable(own) else own)}
    answer: TestResponse = caller.call(method, path.format(**known), **options)
    assert answer.status_code < 500, (route, answer.text)
    assert answer.status_code not in {400, 405, 415, 422}, f"{route} was not understood: {answer.text}"
    return answer.status_code not in REFUSED
