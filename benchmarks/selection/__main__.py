"""`python -m benchmarks.selection [--quick]`: measure, and write what was measured."""

from __future__ import annotations

import sys
from importlib.metadata import version

from benchmarks import report
from benchmarks.selection import preparing


def main(*, quick: bool) -> None:
    """`quick` is a look at whether all of it works: one round of what is small, nothing written."""
    results = preparing.measure(1, preparing.QUICK) if quick else preparing.measure(3)
    report.tell(results)
    if not quick:
        report.publish(results, f"highspy {version('highspy')}")


main(quick="--quick" in sys.argv[1:])
