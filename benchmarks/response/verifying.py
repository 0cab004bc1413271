"""Verifying an exported record offline: processor time for each entry and answer, by their number."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.rounds import Target, interleave, summary
from deliberation.record.speed import many_rounds, measured, one_round

SIZES = (1_000, 20_000)
QUICK_SIZES = (200, 1_000)
ROUNDS = 3


def measure(rounds: int, sizes: tuple[int, int] = SIZES) -> dict[str, dict[str, Any]]:
    """Of a record with many rounds and decisions, which costs most; and how it grows: 1 is linear."""
    small, large = sizes
    participants = {
        f"verify {size}, {make.__name__}": partial(measured, make, size)
        for make in (many_rounds, one_round)
        for size in sizes
    }
    found = interleave(participants, min(rounds, ROUNDS))
    many = {size: found[f"verify {size}, many_rounds"] for size in sizes}
    by_kind = {name: [round(one, 1) for one in taken] for name, taken in found.items()}
    grown = [one / other for one, other in zip(many[large], many[small], strict=True)]
    return {
        "verify_us_per_entry": {
            **summary(many[large], Target(60, "at most"), "µs"),
            "microseconds_by_record": by_kind,
        },
        "verify_growth": summary(grown, Target(1.5, "at most"), "×"),
    }
