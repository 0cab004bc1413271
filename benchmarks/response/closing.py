"""Closing a round: counted, judged and answered over HTTP, by the number of its electors."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from benchmarks.response.seed import open_round
from benchmarks.response.stage import OURS, MeasurementFailed, Stage
from benchmarks.rounds import Target, interleave, summary

SIZES = (10, 1_000, 100_000)
QUICK_SIZES = (10, 100, 1_000)


def measure(stage: Stage, rounds: int, sizes: tuple[int, ...] = SIZES) -> dict[str, dict[str, Any]]:
    """Seconds for the largest round, and how they grow from the middle one; 1 is linear, less is less."""
    found = interleave({f"close {size}": partial(_close, stage, size) for size in sizes}, rounds)
    by_size = dict(zip(sizes, found.values(), strict=True))
    _, middle, largest = sizes
    seconds = {str(size): [round(one, 4) for one in taken] for size, taken in by_size.items()}
    return {
        "close_100k_seconds": {
            **summary(by_size[largest], Target(5, "at most"), "s"),
            "seconds_by_electors": seconds,
        },
        "close_growth": summary(growth(by_size, middle, largest), Target(1, "at most"), "×"),
    }


def growth(seconds: dict[int, list[float]], smaller: int, larger: int) -> list[float]:
    """How much faster than the electors the time grows between two sizes, round by round."""
    share = larger / smaller
    return [one / other / share for one, other in zip(seconds[larger], seconds[smaller], strict=True)]


def _close(stage: Stage, electors: int) -> float:
    with stage.connection(OURS) as connection:
        round_id = open_round(connection, stage.seeded, electors, answered=True)
    stage.rest(OURS)
    began = time.perf_counter()
    _, closed = stage.call("POST", f"/v1/rounds/{round_id}/close", stage.seeded.seated[0])
    seconds = time.perf_counter() - began
    if (closed["state"], closed["present"]) != ("closed", electors):
        raise MeasurementFailed(f"not all were counted: {closed}")
    return seconds
