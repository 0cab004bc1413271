"""Check a published commitment or draw. Anyone can: no solver, no database, no trust in who published it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from beraad_membership.domain.commitments import COMMITMENT, DRAW, PANELS, counts, sha256_of
from beraad_membership.domain.draw import draw, reserve_order
from beraad_membership.domain.shapes import Misshapen, many, members, text, whole

PERSON = members(id=text, attributes=many(many(text, exactly=2)))
COMMITMENT_SHAPE = members(
    format=text,
    group=text,
    size=whole,
    requirements=many(members(attribute=text, value=text, min=whole, max=whole)),
    pool=many(PERSON),
    seated=many(PERSON),
    panels=many(many(whole), exactly=PANELS),
    probabilities=many(whole),
    randomness=text,
)
DRAW_SHAPE = members(
    format=text,
    commitment=COMMITMENT_SHAPE,
    commitment_sha256=text,
    randomness=text,
    seed=text,
    number=whole,
    panel=many(text),
    reserve=many(text),
)


@dataclass(frozen=True)
class Fault:
    """What is wrong: a name to rely on, and a sentence for people."""

    code: str
    detail: str

    def __str__(self) -> str:
        """As a line."""
        return f"{self.code}: {self.detail}"


def verify_draw(document: Any) -> list[Fault]:
    """Everything that is wrong with a published draw; nothing if it is good. Whatever the document holds, it is told, never raised."""
    try:
        DRAW_SHAPE(document, "")
    except Misshapen as error:
        return [Fault("ShapeIsWrong", str(error))]
    faults = [] if document["format"] == DRAW else [Fault("FormatIsUnknown", f"{DRAW} was expected")]
    return [*faults, *_commitment_faults(document["commitment"]), *_draw_faults(document)]


def verify_commitment(document: Any) -> list[Fault]:
    """Everything that is wrong with a commitment whose draw is still to come."""
    try:
        COMMITMENT_SHAPE(document, "")
    except Misshapen as error:
        return [Fault("ShapeIsWrong", str(error))]
    return list(_commitment_faults(document))


def _commitment_faults(committed: dict[str, Any]) -> Iterator[Fault]:
    if committed["format"] != COMMITMENT:
        yield Fault("FormatIsUnknown", f"{COMMITMENT} was expected of the commitment")
    ids = [one["id"] for one in committed["pool"]]
    if ids != sorted(set(ids)):
        yield Fault("PoolIsNotInOrder", "the pool is sorted by id, and names nobody twice")
    everybody = [*committed["pool"], *committed["seated"]]
    yield from (
        Fault("AttributeIsTwice", f"{one['id']} has two values of one attribute")
        for one in everybody
        if len({name for name, _ in one["attributes"]}) != len(one["attributes"])
    )
    seated = [one["id"] for one in committed["seated"]]
    if len({*ids, *seated}) != len(ids) + len(seated):
        yield Fault("SeatedTwice", "somebody is seated twice, or seated and in the pool")
    places = [list(panel) for panel in committed["panels"]]
    broken = {n for n, panel in enumerate(places) if not _names_people(panel, len(ids))}
    yield from (
        Fault("PanelIsMalformed", f"panel {n} does not name people in order, once each")
        for n in sorted(broken)
    )
    yield from _panel_faults(committed, {n: panel for n, panel in enumerate(places) if n not in broken})
    if not broken and committed["probabilities"] != counts(places, len(ids)):
        yield Fault(
            "ProbabilityIsWrong", "probabilities are in how many of the 1000 panels each of the pool is"
        )


def _names_people(panel: list[int], people: int) -> bool:
    return panel == sorted(set(panel)) and all(place < people for place in panel)


def _panel_faults(committed: dict[str, Any], panels: dict[int, list[int]]) -> Iterator[Fault]:
    """Of each panel, with the seated: its size, and every requirement."""
    seated = len(committed["seated"])
    for number, panel in panels.items():
        if len(panel) + seated != committed["size"]:
            size = committed["size"]
            yield Fault("PanelSizeIsWrong", f"panel {number} has {len(panel) + seated} people, not {size}")
    for asked in committed["requirements"]:
        feature = [asked["attribute"], asked["value"]]
        in_pool = {n for n, one in enumerate(committed["pool"]) if feature in one["attributes"]}
        always = sum(feature in one["attributes"] for one in committed["seated"])
        for number, panel in panels.items():
            there = always + len(in_pool.intersection(panel))
            if not asked["min"] <= there <= asked["max"]:
                told = f"panel {number} has {there} {asked['value']}, not {asked['min']} to {asked['max']}"
                yield Fault("RequirementIsBroken", told)


def _draw_faults(published: dict[str, Any]) -> Iterator[Fault]:
    committed, seed = published["commitment"], published["seed"]
    if published["commitment_sha256"] != sha256_of(committed):
        yield Fault("HashIsWrong", "commitment_sha256 is not that of the commitment")
    if published["randomness"] != committed["randomness"]:
        yield Fault("RandomnessIsWrong", "another source of randomness was announced in the commitment")
    if not seed.startswith(committed["randomness"] + "|"):
        yield Fault("SeedIsWrong", "the seed is what was announced, a bar, and what came of it")
    number = draw(seed, PANELS)
    if published["number"] != number:
        yield Fault("NumberIsWrong", f"the seed draws {number}")
    ids = dict(enumerate(one["id"] for one in committed["pool"]))
    panel = [ids.get(place) for place in committed["panels"][number]]
    if published["panel"] != panel:
        yield Fault("PanelIsWrong", f"panel {number} has other people")
    if published["reserve"] != reserve_order(seed, set(ids.values()).difference(panel)):
        yield Fault(
            "ReserveIsWrong", "the reserve is everybody else in the pool, in the order that the seed gives"
        )
