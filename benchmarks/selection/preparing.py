"""A thousand panels from generated pools and from the paper's instance: time, and the smallest probability published."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.report import PEER_PYTHON
from benchmarks.rounds import Target, interleave, ratio
from beraad_membership.domain.requirements import CompositionTask
from beraad_membership.domain.sortition import hold
from beraad_membership.solver.highs import HighsSolver
from membership.pools import a_skewed_task, reference

PEER = Path(__file__).parent / "peers/sortition_peer.py"
LONGEST = 300.0
"""Seconds. Whoever is not ready by then counts as ready just then, and has no smallest probability."""
TASKS: dict[str, Callable[[], CompositionTask]] = {
    "100_12": partial(a_skewed_task, 1, 100, 12),
    "500_40": partial(a_skewed_task, 1, 500, 40),
    "1000_12": partial(a_skewed_task, 1, 1000, 12),
    "reference_200_20": reference,
    "reference_2000_200": partial(reference, 10),
}
QUICK = ("100_12", "reference_200_20")


class MeasurementFailed(Exception):
    """A figure could not be taken honestly: nothing is written."""


@dataclass(frozen=True)
class Prepared:
    """One task, once."""

    seconds: float
    minimum: int | None
    """Per mille: in how many of a thousand panels the least likely person is; None where the time was up."""

    def __str__(self) -> str:
        """As a line of progress."""
        ready = "not ready" if self.minimum is None else f"least likely {self.minimum} of 1000"
        return f"{self.seconds:,.3f} s, {ready}"

    @property
    def per_hour(self) -> float:
        """How many such draws could be prepared in an hour."""
        return 3600 / self.seconds


def measure(rounds: int, names: tuple[str, ...] = tuple(TASKS)) -> dict[str, dict[str, Any]]:
    """Of each of these tasks: how often an hour ours can do it, and the smallest probability; by theirs. More is better of both."""
    results = {}
    for name in names:
        task = TASKS[name]()
        found = interleave({"ours": partial(_ours, task), "theirs": partial(_theirs, task)}, rounds)
        rates = ([one.per_hour for one in found[who]] for who in ("ours", "theirs"))
        minimums = [[one.minimum for one in found[who]] for who in ("ours", "theirs")]
        of = f"selection_{name}_{{}}_vs_sortition_algorithms"
        results[of.format("speed")] = ratio(*rates, Target(1, "at least"), "per_hour")
        ours, theirs = ([float(one) for one in some if one is not None] for some in minimums)
        if len(ours) == len(theirs) == rounds:
            results[of.format("minimum")] = ratio(ours, theirs, Target(0.95, "at least"), "per_mille")
    return results


def _ours(task: CompositionTask) -> Prepared:
    solver = HighsSolver()
    began = time.perf_counter()
    lottery = hold(task, solver)
    return Prepared(time.perf_counter() - began, min(lottery.probabilities))


def _theirs(task: CompositionTask) -> Prepared:
    told = {
        "size": task.size_max,
        "features": [
            {"feature": one.attribute, "value": one.value, "min": str(one.min), "max": str(one.max)}
            for one in task.requirements
        ],
        "people": [{"id": one.id, **one.attributes} for one in task.pool],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "task.json"
        file.write_text(json.dumps(told))
        command = [PEER_PYTHON, PEER, file]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired:
            return Prepared(LONGEST, None)
    if done.returncode:
        raise MeasurementFailed(done.stderr)
    return Prepared(**json.loads(done.stdout.splitlines()[-1]))
