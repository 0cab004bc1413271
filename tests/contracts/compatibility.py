"""What may change in the contracts of a version, and what may not: compared with those of the last release.

A reader of yesterday must understand what is published today. So a topic stays, with its aggregate, key and person; each
of its fields stays, present wherever it was, of the same type, and never null or longer where it was not. New topics and new
fields are welcome. Of a closed list of words, new ones are: readers are told to pass over what they do not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from architecture.tree import ROOT
from beraad.contracts import all_contracts
from beraad.contracts.payloads import payload

RELEASED = ROOT / "docs/events/released.json"
ABOUT = ("aggregate", "key", "person", "private")
Contracts = dict[str, dict[str, Any]]


def present() -> Contracts:
    """The contracts as the code has them."""
    return {
        type_: {**{name: getattr(one, name) for name in ABOUT}, "payload": payload(one)}
        for type_, one in all_contracts().items()
    }


def released() -> Contracts:
    """The contracts of the last release."""
    told: Contracts = json.loads(RELEASED.read_text())
    return told


def breaks(before: Contracts, now: Contracts) -> list[str]:
    """What of `before` no longer holds, each in a sentence. Empty when the change is additive."""
    return [f"{type_}: {told}" for type_ in before for told in _breaks_of(before[type_], now.get(type_))]


def _breaks_of(before: dict[str, Any], now: dict[str, Any] | None) -> Iterator[str]:
    if now is None:
        yield "is gone; publish it beside a .v2 until nobody reads it"
        return
    for name in ABOUT:
        if before[name] != now[name]:
            yield f"its {name} was {before[name]} and is {now[name]}; that is a .v2"
    fields, required = now["payload"]["properties"], set(now["payload"]["required"])
    for name, field in before["payload"]["properties"].items():
        if name not in fields:
            yield f"{name} is gone; keep it, or publish a .v2"
            continue
        if name in before["payload"]["required"] and name not in required:
            yield f"{name} may be absent now; that is a .v2"
        yield from (f"{name} {told}; that is a .v2" for told in _changes(field, fields[name]))


def _changes(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for aspect in ("type", "format"):
        if before.get(aspect) != now.get(aspect):
            yield f"was of {aspect} {before.get(aspect)} and is of {now.get(aspect)}"
    for limit in ("maxLength", "maxItems", "maximum"):
        if limit in before and now.get(limit, float("inf")) > before[limit]:
            yield f"had {limit} {before[limit]} and has {now.get(limit, 'none')}"
    if "enum" in before and not set(before["enum"]) <= set(now.get("enum", before["enum"])):
        yield f"no longer says {sorted(set(before['enum']) - set(now['enum']))}"
    if "items" in before:
        yield from (f"holds items that {told}" for told in _changes(before["items"], now.get("items", {})))


if __name__ == "__main__":  # with each release: `make release-contracts`
    RELEASED.write_text(json.dumps(present(), indent=1, sort_keys=True) + "\n")
