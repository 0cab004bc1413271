"""The ledger of a group's export: its shape, and how one is put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beraad.record.commitments import Committed
from beraad.record.entries import leaf_of
from beraad.record.notes import PublicKey
from beraad.record.shapes import AnyText, Anything
from beraad.record.structures import ListOf, Members, OrNull
from beraad_deliberation.record.fields import HASH, ID, NUMBER, PERSON
from beraad_deliberation.record.kinds import BODIES, ENTRY, LEAF, LEAF_BODIES

FORMAT = "beraad.group/1"

CLOSE = Members({"seq": NUMBER, "leaves": ListOf(LEAF), "notified": OrNull(ListOf(PERSON))})
ROLL = Members(
    {
        "id": ID,
        "electors": ListOf(PERSON),
        "closes": ListOf(CLOSE),
        "later": ListOf(LEAF),
    }
)
TEXT = Members({"commitment": HASH, "salt": OrNull(HASH), "text": Anything()})
PERSON_NAMED = Members({"person": PERSON, "salt": OrNull(HASH), "name": OrNull(AnyText("a name"))})
LEDGER = Members(
    {
        "group": ID,
        "origin": AnyText("an origin"),
        "key": AnyText("a public key"),
        "entries": ListOf(ENTRY),
        "checkpoint": AnyText("a signed note"),
        "rolls": ListOf(ROLL),
        "texts": ListOf(TEXT),
        "people": ListOf(PERSON_NAMED),
    }
)
EXPORT = Members({"format": AnyText(FORMAT), "ledger": LEDGER}, more=True)


@dataclass(frozen=True)
class Closing:
    """The number of an entry that closed it, and the leaves that came since the one before.

    `notified`: where silence counts as consent, those who had been told.
    """

    seq: int
    leaves: Iterable[Mapping[str, Any]]
    notified: Iterable[str] | None = None


@dataclass(frozen=True)
class Roll:
    """Those asked in a round or vote, and what they answered.

    `closes`: an open one has none. `later`: what those answered who withdrew an objection after the last.
    """

    id: str
    electors: Iterable[str]
    closes: Sequence[Closing] = ()
    later: Iterable[Mapping[str, Any]] = ()


def origin_of(site: str, group: str) -> str:
    """The log's name: where it is kept, and whose it is. No spaces, no plus signs."""
    return f"{site}/groups/{group}"


def an_export(
    *,
    group: str,
    key: PublicKey,
    entries: Iterable[Mapping[str, Any]],
    checkpoint: str,
    rolls: Iterable[Roll],
    texts: Iterable[Committed],
    people: Iterable[Committed] = (),
) -> dict[str, Any]:
    """A document to be written as JSON; other members may be added beside `ledger`.

    `rolls` in the order they were opened, `checkpoint` over all entries, `key` named as the origin.
    """
    return {
        "format": FORMAT,
        "ledger": {
            "group": group,
            "origin": key.name,
            "key": str(key),
            "entries": [*entries],
            "checkpoint": checkpoint,
            "rolls": [_roll(roll) for roll in rolls],
            "texts": [
                {"commitment": one.commitment, "salt": one.salt, "text": one.text} for one in _sorted(texts)
            ],
            "people": [
                {"person": one.commitment, "salt": one.salt, "name": one.text} for one in _sorted(people)
            ],
        },
    }


def json_schema() -> dict[str, Any]:
    """The shape as JSON Schema 2020-12, with the body that belongs to each type."""
    schema = EXPORT.schema()
    schema["properties"]["format"] = {"const": FORMAT}
    ledger = schema["properties"]["ledger"]["properties"]
    _bind(ledger["entries"]["items"], BODIES)
    roll = ledger["rolls"]["items"]["properties"]
    for leaves in (roll["closes"]["items"]["properties"]["leaves"], roll["later"]):
        _bind(leaves["items"], LEAF_BODIES)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT, **schema}


def _bind(entry: dict[str, Any], bodies: Mapping[str, Members]) -> None:
    entry["properties"]["type"] = {"enum": list(bodies)}
    entry["allOf"] = [
        {
            "if": {"properties": {"type": {"const": type_}}},
            "then": {"properties": {"body": body.schema()}},
        }
        for type_, body in bodies.items()
    ]


def _roll(roll: Roll) -> dict[str, Any]:
    return {
        "id": roll.id,
        "electors": sorted(roll.electors),
        "closes": [_close(one) for one in roll.closes],
        "later": sorted(roll.later, key=leaf_of),
    }


def _close(close: Closing) -> dict[str, Any]:
    notified = None if close.notified is None else sorted(close.notified)
    return {"seq": close.seq, "leaves": sorted(close.leaves, key=leaf_of), "notified": notified}


def _sorted(commitments: Iterable[Committed]) -> list[Committed]:
    return sorted(commitments, key=lambda one: one.commitment)
