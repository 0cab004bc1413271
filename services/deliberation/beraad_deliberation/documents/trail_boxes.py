"""What the picture of a trail says: for each objection a lane of boxes, objection → test → amendment → version → next answer → end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from beraad_deliberation.documents.legible import one_line
from beraad_deliberation.documents.wording import Wording
from beraad_deliberation.domain.objection_states import OPEN

Item = Mapping[str, Any]
TOLD = 300
"""How much of a text a box tells to those who ask it for more."""


@dataclass(frozen=True)
class Box:
    """`tone`: what kind of box it is, for its color. `text` may be long."""

    tone: str
    heading: str
    text: str


@dataclass(frozen=True)
class Lane:
    """Whose objection, of what kind, and what happened to it."""

    name: str
    about: str
    boxes: tuple[Box, ...]


def lane_of(item: Item, names: Mapping[str, str], say: Wording) -> Lane:
    """The lane of one objection, of a document like `documents.trail.trails` makes them."""
    kind = say.name("objection_kinds", item["kind"])
    about = say("lane", kind=kind, round=item["round"], version=item["version"])
    name = names.get(item["raised_by_id"], say("somebody"))
    return Lane(one_line(name, 40), about, tuple(_boxes(item, names, say)))


def _boxes(item: Item, names: Mapping[str, str], say: Wording) -> Iterator[Box]:
    steps: dict[str, list[Item]] = {}
    for step in item["steps"]:
        steps.setdefault(step["step"], []).append(step)
    yield Box("objection", say("box_objection"), one_line(item["reason"], TOLD))
    if "orphaned" in steps:
        yield Box("plain", say("box_left"), _adoption(steps, names, say))
    if tested := _test(steps, say):
        yield Box("plain", say("box_test"), tested)
    for step in steps.get("integrated", ()):
        yield from _integration(step, names, say)
    if answered := steps.get("answered"):
        yield Box("plain", say("box_answer"), "; ".join(_answer(step, say) for step in answered))
    yield _end(item, steps, say)


def _adoption(steps: Mapping[str, list[Item]], names: Mapping[str, str], say: Wording) -> str:
    if "adopted" not in steps:
        return say("nobody_adopted")
    by = names.get(steps["adopted"][0]["person_id"], say("somebody"))
    return say("adopted_by", name=one_line(by, 40))


def _test(steps: Mapping[str, list[Item]], say: Wording) -> str:
    """What was found, by whom: opinions, a ruling, an appeal, the result."""
    found = [
        *(say("ruled_valid" if one["valid"] else "ruled_invalid") for one in steps.get("ruled", ())),
        *(say("appealed") for _ in steps.get("appealed", ())),
        *(say("found_valid" if one["valid"] else "found_invalid") for one in steps.get("tested", ())),
        *(say("opinions", **one) for one in steps.get("opinions", ())),
    ]
    return " ".join(found)


def _integration(step: Item, names: Mapping[str, str], say: Wording) -> Iterator[Box]:
    if step["amendment_id"] is not None:
        by = names.get(step["amendment_author_id"] or "", say("somebody"))
        yield Box("plain", say("box_amendment"), say("amendment_by", name=one_line(by, 60)))
    told = [say.name("strategies", step["strategy"])]
    if step["owner_id"] is not None:
        by = names.get(step["owner_id"], say("somebody"))
        told.append(say("deferred_to", name=one_line(by, 40), day=say.day(step["due_on"])))
    if step["note"].strip():
        told.append(one_line(step["note"], TOLD))
    yield Box("version", say("box_version", number=step["version"]), ": ".join(told))


def _answer(step: Item, say: Wording) -> str:
    return say("answer_in_round", round=step["round"], answer=say.name("answers", step["answer"]))


def _end(item: Item, steps: Mapping[str, list[Item]], say: Wording) -> Box:
    stands = item["state"] in OPEN
    told = [say.name("objection_states", item["state"])]
    if "followed_by" in steps:
        told.append(say("followed_by"))
    tone = "open" if stands else "resolved" if item["state"] == "resolved" else "ended"
    return Box(tone, say("box_stands" if stands else "box_end"), "; ".join(told))
