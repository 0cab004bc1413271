"""What is published before and after a draw: plain documents, with one way to write them as bytes.

They hold nothing but text, whole numbers, lists, and objects with ASCII keys. So Python's own json writes them as RFC 8785 would.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from beraad_membership.domain.draw import draw, reserve_order
from beraad_membership.domain.requirements import Candidate, CompositionTask

COMMITMENT, DRAW = "beraad-selection/1", "beraad-draw/1"
PANELS = 1000
"""How many a commitment lists: probabilities are whole per mille."""


def commitment(
    task: CompositionTask, panels: Iterable[Sequence[int]], *, group: str, randomness: str
) -> dict[str, Any]:
    """The frozen pool, what was asked for, and the numbered panels one of which will be drawn.

    `panels` name people by their place in `task.pool`, from 0; the seated are in all of them. Of everybody's attributes only those
    are told that a requirement asks about. `randomness` announces where the seed will come from, before anybody can know it.
    """
    listed = [sorted(panel) for panel in panels]
    told = {asked.attribute for asked in task.requirements}
    return {
        "format": COMMITMENT,
        "group": group,
        "size": task.size_max,
        "requirements": [
            {"attribute": asked.attribute, "value": asked.value, "min": asked.min, "max": asked.max}
            for asked in task.requirements
        ],
        "pool": [_told(one, told) for one in task.pool],
        "seated": [_told(one, told) for one in task.seated],
        "panels": listed,
        "probabilities": counts(listed, len(task.pool)),
        "randomness": randomness,
    }


def drawn(committed: dict[str, Any], outcome: str) -> dict[str, Any]:
    """What is published after the draw. `outcome` is what the announced source of randomness brought forth."""
    seed = f"{committed['randomness']}|{outcome}"
    number = draw(seed, len(committed["panels"]))
    ids = [one["id"] for one in committed["pool"]]
    panel = [ids[place] for place in committed["panels"][number]]
    return {
        "format": DRAW,
        "commitment": committed,
        "commitment_sha256": sha256_of(committed),
        "randomness": committed["randomness"],
        "seed": seed,
        "number": number,
        "panel": panel,
        "reserve": reserve_order(seed, set(ids).difference(panel)),
    }


def counts(panels: Iterable[Iterable[int]], people: int) -> list[int]:
    """In how many panels each of so many people is."""
    times = [0] * people
    for panel in panels:
        for place in panel:
            times[place] += 1
    return times


def canonical(document: Any) -> bytes:
    """The one way to write it, RFC 8785. Raises `UnicodeEncodeError` for text that is no Unicode."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_of(document: Any) -> str:
    """Of its bytes, in hexadecimal."""
    return sha256(canonical(document)).hexdigest()


def _told(one: Candidate, attributes: set[str]) -> dict[str, Any]:
    known = sorted(one.attributes.items())
    return {"id": one.id, "attributes": [[name, value] for name, value in known if name in attributes]}
