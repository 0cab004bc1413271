"""`python -m benchmarks.messaging [--quick]`: measure, and write what was measured."""

from __future__ import annotations

import sys

from benchmarks import report
from benchmarks.messaging import latency
from benchmarks.messaging.stage import Stage
from benchmarks.messaging.throughput import Throughput


def main(*, quick: bool) -> None:
    """`quick` is a look at whether all of it works: few rounds of few events, nothing written."""
    rounds, events, idle_events = (1, 4_000, 3) if quick else (5, 10_000, 24)
    with Stage() as stage:
        servers = stage.servers()
        results = Throughput(stage, events).measure(rounds) | latency.measure(stage, rounds, idle_events)
    report.tell(results)
    if not quick:
        report.publish(results, servers)


main(quick="--quick" in sys.argv[1:])
