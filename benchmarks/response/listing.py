"""Listing 100 proposals with counts, and being told that nothing changed."""

from __future__ import annotations

from typing import Any

from benchmarks.response.responding import cpu_ratio
from benchmarks.response.seed import PROPOSALS
from benchmarks.response.stage import CLIENTS, FASTAPI, OURS, Measured, Stage, get
from benchmarks.rounds import Target, interleave
from worlds.keys import a_token

PATH = f"/v1/proposals?limit={PROPOSALS}"
UNCHANGED = "beraad, 304"


def measure(stage: Stage, rounds: int) -> dict[str, dict[str, Any]]:
    """All figures, by their names."""
    participants = {
        OURS: lambda: stage.ask(OURS, _asking(stage), 200),
        FASTAPI: lambda: stage.ask(FASTAPI, _asking(stage), 200),
        UNCHANGED: lambda: _unchanged(stage),
    }
    found = interleave(participants, rounds)
    return {
        "list_cpu_vs_fastapi_orm": cpu_ratio(found[OURS], found[FASTAPI], Target(0.6, "at most")),
        "list_304_cpu_vs_200": cpu_ratio(found[UNCHANGED], found[OURS], Target(0.35, "at most")),
    }


def _unchanged(stage: Stage) -> Measured:
    headers, _ = stage.call("GET", PATH, stage.seeded.seated[0])
    return stage.ask(OURS, _asking(stage, f"If-None-Match: {headers['ETag']}\r\n"), 304)


def _asking(stage: Stage, more: str = "") -> list[list[str]]:
    """Those who hold a seat, each on the connection of one client."""
    tokens = [a_token(person_id) for person_id in stage.seeded.seated]
    return [[get(PATH, token, more) for token in tokens[number::CLIENTS]] for number in range(CLIENTS)]
