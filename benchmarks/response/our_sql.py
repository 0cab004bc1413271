"""The statements that the product sends for one response, overheard while it answers, for a peer to send as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from deliberation.vocabulary import respond
from worlds.callers import Caller, problem
from worlds.statements import overhearing
from worlds.world import World

PLACE = re.compile(r"%\((\w+)\)s")
NUMBER, VERSION, ANSWER = 7_771, 7_772, "abstain"
IDENTITY, RECORDING = "revoked_sessions", "INSERT INTO responses"
ASKING = ("revoked_sessions", "known_people")


@dataclass(frozen=True)
class Statement:
    """`text` as SQLAlchemy's `text()` takes it; `given` names what each of its parameters is, `fixed` holds the rest."""

    text: str
    given: dict[str, str]
    fixed: dict[str, Any]


def overhear(world: World, person: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """`who`: what tells whether the session stands and who it is; `record`: the response itself, guards and all.

    The response names a version nobody asked about, so that every value can be told from the others and nothing is
    recorded.
    """
    heard: list[tuple[str, Mapping[str, Any]]] = []

    with overhearing(world.store.engine, lambda *one: heard.append(one)):
        wrong = {**asked, "number": NUMBER, "version": VERSION}
        problem(respond(person, wrong, ANSWER), 409, "VersionMismatch")
    known = {
        person.id: "person_id",
        UUID(asked["id"]): "round_id",
        NUMBER: "number",
        VERSION: "version",
        ANSWER: "answer",
        f" {ANSWER} ": "word",
    }
    record = next(one for one in heard if RECORDING in one[0])
    who = [one for one in heard if any(f"FROM {table}" in one[0] for table in ASKING)]
    return {
        "who": [vars(as_text(*one, known)) for one in who],
        "record": vars(as_text(*record, known)),
    }


def as_text(statement: str, parameters: Mapping[str, Any], known: Mapping[Any, str]) -> Statement:
    """The statement with SQLAlchemy's marks instead of psycopg's; a moment is now, an id nobody knows the session's."""
    marked = PLACE.sub(r":\1", statement.replace("::", r"\:\:")).replace("%%", "%")
    given, fixed = {}, {}
    for name, value in parameters.items():
        if (what := _what(value, known)) is not None:
            given[name] = what
        else:
            fixed[name] = value
    return Statement(marked, given, fixed)


def _what(value: Any, known: Mapping[Any, str]) -> str | None:
    if isinstance(value, datetime):
        return "now"
    if value in known:
        return known[value]
    return "session_id" if isinstance(value, UUID) else None
