"""Recording a response over HTTP, beside what people would write instead."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.response.stage import DJANGO, FASTAPI, LOOP, LOOPS, OURS, SAME_SQL, Measured, Stage
from benchmarks.rounds import Target, interleave, ratio, summary

RATES: dict[str, tuple[str, Target | None]] = {
    "responses_vs_fastapi_orm": (FASTAPI, Target(2, "at least")),
    "responses_vs_django_drf": (DJANGO, Target(2.5, "at least")),
    "responses_vs_psycopg_loop": (LOOP, Target(0.35, "at least")),
    "responses_vs_psycopg_loops": (LOOPS, None),
}
CPU = {
    "responses_cpu_vs_fastapi_orm": (FASTAPI, Target(0.42, "at most")),
    "responses_cpu_vs_fastapi_same_sql": (SAME_SQL, Target(1.3, "at most")),
}


def measure(stage: Stage, rounds: int) -> dict[str, dict[str, Any]]:
    """All figures, by their names."""
    web = (OURS, FASTAPI, SAME_SQL, DJANGO)
    participants: dict[str, Callable[[], Measured]] = {name: partial(stage.responses, name) for name in web}
    found = interleave({**participants, LOOP: stage.loop, LOOPS: stage.loops}, rounds)
    ours = found[OURS]
    figures = {name: ratio(rates(ours), rates(found[peer]), aim) for name, (peer, aim) in RATES.items()}
    figures |= {name: cpu_ratio(ours, found[peer], aim) for name, (peer, aim) in CPU.items()}
    figures["p99_vs_fastapi_orm"] = ratio(
        [one.p99 for one in ours],
        [one.p99 for one in found[FASTAPI]],
        Target(0.6, "at most"),
        of="milliseconds",
    )
    driver = [one.driver for name in web for one in found[name]]
    return figures | {"driver_us": summary(driver, None, "µs")}


def rates(figures: list[Measured]) -> list[float]:
    """Answers per second."""
    return [one.rate for one in figures]


def cpu_ratio(ours: list[Measured], theirs: list[Measured], target: Target) -> dict[str, Any]:
    """Processor time per answer, application and PostgreSQL."""
    return ratio([one.cpu for one in ours], [one.cpu for one in theirs], target, of="microseconds")
