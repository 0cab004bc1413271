"""What the case leaves behind: the trail of each objection in a line; the export of each group, as a page to keep and to check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from beraad.demo.world import Circle, World

LONGEST = 80
"""Characters of a reason that stand in the line."""


def trails(world: World) -> list[str]:
    """Each objection of the case and what became of it, group by group."""
    return [line for circle in world.circles for line in _trails(world, circle)]


def export_path(circle: Circle, ending: str = ".html") -> str:
    """Where the group's export can be read, signed in; without `ending`, the document that `beraad verify` checks."""
    return f"/deliberation/v1/groups/{circle.id}/export{ending}"


def save(world: World, folder: Path | None = None) -> list[Path]:
    """Keep each group's export as a page in that folder (None: a new one among the temporary files), the document beside it."""
    folder = folder or Path(mkdtemp(prefix="beraad-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    pages = [folder / f"{_named(circle)}.html" for circle in world.circles]
    for circle, page in zip(world.circles, pages, strict=True):
        for kept, ending in ((page, ".html"), (page.with_suffix(".json"), "")):
            kept.write_text(world.administrator.page(export_path(circle, ending)), encoding="utf-8")
    return pages


def save_draws(world: World, folder: Path) -> list[Path]:
    """Keep what was published of each draw by lot in that folder."""
    drawn = {folder / f"{_named(circle)}-draw.json": circle.draw for circle in world.circles if circle.draw}
    for kept, draw in drawn.items():
        kept.write_text(json.dumps(draw, ensure_ascii=False), encoding="utf-8")
    return list(drawn)


def _named(circle: Circle) -> str:
    return re.sub(r"\W+", "-", circle.mandate.name.lower()).strip("-")


def _trails(world: World, circle: Circle) -> Iterator[str]:
    told = world.administrator.get(f"/deliberation/v1/proposals/{circle.proposal['id']}/trail")
    names = {one["id"]: one["name"] for one in told["people"]}
    for item in told["items"]:
        reason = item["reason"] if len(item["reason"]) <= LONGEST else f"{item['reason'][: LONGEST - 1]}…"
        steps = " → ".join(one for one in map(_step, item["steps"]) if one)
        objector = names.get(item["raised_by_id"], "somebody")
        yield f"{circle.mandate.name}: {objector} objected in round {item['round']}: “{reason}” → {steps}"


def _step(step: Mapping[str, Any]) -> str:
    """In a few words; nothing of what the others imply."""
    match step["step"]:
        case "opinions":
            return f"{step['qualifies']} find that it qualifies, {step['does_not_qualify']} that it does not"
        case "tested":
            return "it qualifies" if step["valid"] else "it does not qualify"
        case "integrated":
            return f"version {step['version']} ({step['strategy'].replace('_', ' ')})"
        case "answered":
            return f"round {step['round']}: {step['answer'].replace('_', ' ')}"
        case "settled":
            return str(step["state"]).replace("_", " ")
    return ""
