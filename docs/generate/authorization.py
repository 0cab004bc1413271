"""docs/authorization.md: every action, who may, and the routes it guards."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from beraad.domain import Rule
from beraad.http.application import KERNEL_POLICIES
from docs.generate.installed import services
from docs.generate.routes import routes_of
from docs.generate.words import code, listed, sentence, table

CODE = re.compile("([A-Z][a-z]+){2,}")
INTRODUCTION = """# Who may do what

Default deny: an action that no table names is refused, and a service does not start with a route that names no action
([ADR 6](adr/0006-default-deny.md)). The access token says who is asking; what they are in a group (seat, roles, member of the
approving body) each service knows from membership's events. An administrator of the organisation may do what a group's
coordinators may, where a rule says so.

A refusal is a problem document with status 403, or 404 where the caller may not know that the thing exists. Its `rule` is one of the codes below, and
`allowed_actions` in a resource tells beforehand. The aggregates may still refuse by their own rules: see [errors](errors.md)."""


def page() -> str:
    """The whole page."""
    kernel = _section("In every service", KERNEL_POLICIES, {})
    return "\n\n".join([INTRODUCTION, *(_service(name) for name in services()), kernel])


def refusals(policies: Mapping[str, Rule]) -> list[tuple[str, str]]:
    """(code, reason), as the modules that define these rules give them."""
    paths = {inspect.getsourcefile(rule) or "" for rule in policies.values()}
    return sorted({told for path in paths for told in _refused(ast.parse(Path(path).read_text()))})


def _refused(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Wherever a code (a sentence in one word) is followed by its reason."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for one, two in pairwise(node.args):
                match one, two:
                    case ast.Constant(value=str(name)), ast.Constant(value=str(reason)) if CODE.fullmatch(
                        name
                    ):
                        yield name, reason


def _service(name: str) -> str:
    routes: dict[str, list[str]] = {}
    for route in routes_of(name):
        routes.setdefault(route.action, []).append(code(f"{route.method} {route.path}"))
    return _section(name.capitalize(), services()[name].policies, routes)


def _section(title: str, policies: Mapping[str, Rule], routes: Mapping[str, list[str]]) -> str:
    rows = (
        [
            code(action),
            sentence(rule, action),
            *([listed(routes.get(action, []), "(asked within)")] if routes else []),
        ]
        for action, rule in sorted(policies.items())
    )
    head = ["Action", "Who may", *(["Routes"] if routes else [])]
    refused = table(["Refusal", "Says"], ([code(name), says] for name, says in refusals(policies)))
    return f"## {title}\n\n{table(head, rows)}\n\n{refused}"
