"""`python -m benchmarks.response [--quick]`: measure, and write what was measured."""

from __future__ import annotations

import sys

from benchmarks import report
from benchmarks.response import closing, flushing, listing, responding, verifying
from benchmarks.response.stage import Stage


def main(*, quick: bool) -> None:
    """`quick` is a look at whether all of it works: one short round, nothing written."""
    rounds, seconds, warm_seconds = (1, 1.0, 0.2) if quick else (5, 6.0, 1.5)
    with Stage(seconds, warm_seconds) as stage:
        servers = stage.servers()
        stage.start()
        results = responding.measure(stage, rounds) | listing.measure(stage, rounds)
        results |= closing.measure(stage, rounds, closing.QUICK_SIZES if quick else closing.SIZES)
        stage.stop()
        results |= flushing.measure(stage, rounds)
    results |= verifying.measure(rounds, verifying.QUICK_SIZES if quick else verifying.SIZES)
    report.tell(results)
    if not quick:
        report.publish(results, servers)


main(quick="--quick" in sys.argv[1:])
