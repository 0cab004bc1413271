"""What processes of different hash seeds say of the same tasks: `python -m membership.processes feasibility|sortition`."""

from __future__ import annotations

import os
import subprocess
import sys

from architecture.tree import ROOT
from beraad_membership.domain.feasibility import examine
from beraad_membership.domain.sortition import hold
from membership.pools import SOLVER, a_big_task, a_skewed_task, reference, small_tasks, worked_example


def told_by_processes(what: str) -> set[str]:
    """The outputs that differ."""
    return {_told(what, hash_seed) for hash_seed in ("0", "1", "4242")}


def _told(what: str, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "membership.processes", what],
        cwd=ROOT / "tests",
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout


def feasibility() -> None:
    for task in (*small_tasks(40), a_big_task(3, 200, 12, slack=0, raised=2), worked_example()):
        print(examine(task, SOLVER))


def sortition() -> None:
    for task in (a_skewed_task(4, 80, 12), reference()):
        print(hold(task, SOLVER))


if __name__ == "__main__":
    {"feasibility": feasibility, "sortition": sortition}[sys.argv[1]]()
