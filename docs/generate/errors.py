"""docs/errors.md: every code a problem document may have."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import beraad
from beraad.domain import DomainError
from beraad.http.problems import HTTP_CODES, status_of
from docs.generate.installed import services
from docs.generate.words import Undescribed, code, sentence, table

INTRODUCTION = """# Errors

Every error is a problem document (RFC 9457, `application/problem+json`). `code` is what a program relies on: it is the name of the rule
that was broken and stays the same across releases. `detail` is for people; further members hold the facts (for `GroupIsFull` the
`seats_max`), and `errors` names the fields by JSON Pointer.

```json
{"type": "/problems/GroupIsFull", "title": "Group is full", "status": 409, "code": "GroupIsFull",
 "detail": "12 of 12 seats are taken", "seats_max": 12}
```

What to do about it: 401 sign in again · 403 and 404 do not repeat · 409 read the resource again, the rule says why ·
409 `NotYetKnown`, 429 and 503 wait as long as `Retry-After` says, then send the same request again · 412 read, then change what is in
force now · 422 mend the request."""
STATUS = re.compile(r" \(\d{3}\)\.$")
TRANSPORT = {
    "MalformedRequest": "The request is not HTTP or JSON that can be read.",
    "SignInRequired": "Nobody is signed in, or the access token is not valid.",
    "NotFound": "There is nothing at this address.",
    "MethodNotAllowed": "This address does not take this method.",
    "NotAcceptable": "The answer is not available in a form the request accepts.",
    "TooSlow": "The body took longer to arrive than this route waits.",
    "BodyTooLarge": "The body is larger than this route takes.",
    "UnsupportedMediaType": "The body is of a type this route does not read.",
    "InvalidRequest": "A field is missing, unknown, or outside its range; see `errors`.",
    "TooManyRequests": "Too many requests in this minute from this caller.",
    "RequestRefused": "Refused by HTTP itself in another way; see the status.",
    "ConflictingWrite": "Another write got there first, or the id is already taken.",
    "Stale": "The resource changed while the request ran.",
    "DatabaseUnavailable": "The database does not answer; nothing was changed.",
    "NoRoomForFiles": "Files that arrive have filled what there is for them; nothing was kept.",
    "InternalError": "A defect of ours. It was logged, nothing was changed.",
    "Draining": "`/readyz` only: the service is about to stop.",
    "NotReady": "`/readyz` of `beraad up` only: something is missing, see `reasons`.",
    "MigrationsPending": "`/readyz` only: the schema is older than the code.",
}
"""What no exception of a domain says: answers made in `beraad.http` and outside any rule."""


def page() -> str:
    """The whole page."""
    packages = ["beraad", *(f"beraad_{name}" for name in services())]
    known = [_section(package) for package in packages]
    transport = table(
        ["Status", "Code", "Means"], ([status, code(name), _means(name)] for name, status in _plain())
    )
    return "\n\n".join([INTRODUCTION, *known, "## Outside any rule", transport])


def domain_errors() -> list[type[DomainError]]:
    """Every subclass that the installed distributions define."""
    for package in [beraad, *(import_module(f"beraad_{name}") for name in services())]:
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                import_module(module.name)
    return sorted(_below(DomainError), key=lambda kind: kind.__name__)


def _below(kind: type[DomainError]) -> set[type[DomainError]]:
    return {kind for sub in kind.__subclasses__() for kind in (sub, *_below(sub))}


def _section(package: str) -> str:
    rows = [
        [str(status_of(kind)), code(kind.__name__), STATUS.sub(".", sentence(kind, kind.__name__))]
        for kind in domain_errors()
        if kind.__module__.partition(".")[0] == package
    ]
    title = "In every service" if package == "beraad" else package.removeprefix("beraad_").capitalize()
    return f"## {title}\n\n{table(['Status', 'Code', 'Means'], rows)}"


def _means(name: str) -> str:
    if name not in TRANSPORT:
        raise Undescribed(f"{name}: say in docs/generate/errors.py what it means")
    return TRANSPORT[name]


def _plain() -> Iterator[tuple[str, str]]:
    """(code, status) of every `problem(status, "Code", …)` in the code, and of what HTTP itself refuses."""
    found = {(name, str(status)) for status, name in HTTP_CODES.items()} | {("RequestRefused", "4xx")}
    for path in sorted(Path(beraad.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="problem"),
                    args=[ast.Constant(value=int(status)), ast.Constant(value=str(name)), *_],
                ):
                    found.add((name, str(status)))
    return iter(sorted(found, key=lambda pair: (pair[1], pair[0])))
