"""`python -m benchmarks.mail [--quick]`: measure, and write what was measured."""

from __future__ import annotations

import sys

from benchmarks import report
from benchmarks.mail import latency, throughput
from benchmarks.mail.stage import Stage


def main(*, quick: bool) -> None:
    """`quick` is a look at whether all of it works: one round of few mails, nothing written."""
    rounds, more_rounds = (1, 1) if quick else (3, 5)
    mails, shared, slowly, idle_mails = (300, 300, 60, 3) if quick else (3_000, 10_000, 800, 24)
    with Stage() as stage:
        servers = stage.servers()
        results = {
            **throughput.beside_smtplib(stage, more_rounds, mails),
            **throughput.shared_by_workers(stage, rounds, shared, slowly),
            **latency.measure(stage, rounds, idle_mails),
        }
    report.tell(results)
    if not quick:
        report.publish(results, servers)


main(quick="--quick" in sys.argv[1:])
