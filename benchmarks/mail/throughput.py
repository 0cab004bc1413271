"""Mails per second: one worker beside plain smtplib, to a sink and to exim; one, two and four workers that share them."""

from __future__ import annotations

from typing import Any

from benchmarks.mail.stage import Sink, Stage
from benchmarks.rounds import Target, interleave, ratio
from servers.exim import PrivateExim

ENOUGH = Target(0.8, "at least")
SHARED = Target(1.9, "at least")


def measure(stage: Stage, rounds: int, mails: int, shared: int) -> dict[str, dict[str, Any]]:
    """All figures, by their names."""
    with Sink() as sink, PrivateExim(delivering=False) as exim:
        alone = interleave(
            {
                "worker, sink": lambda: stage.sent_by_workers(sink, mails, 1),
                "smtplib, sink": lambda: stage.sent_by_smtplib(sink, mails),
                "worker, exim": lambda: stage.sent_by_workers(exim, mails, 1),
                "smtplib, exim": lambda: stage.sent_by_smtplib(exim, mails),
            },
            rounds,
        )
        together = interleave(
            {
                f"{workers} sharing": lambda workers=workers: stage.sent_by_workers(sink, shared, workers)
                for workers in (1, 2, 4)
            },
            rounds,
        )
    one, two, four = together.values()
    return {
        "mail_vs_smtplib": ratio(alone["worker, sink"], alone["smtplib, sink"], ENOUGH),
        "mail_vs_smtplib_exim": ratio(alone["worker, exim"], alone["smtplib, exim"], ENOUGH),
        "mail_workers_2_vs_1": ratio(two, one, SHARED),
        "mail_workers_4_vs_1": ratio(four, one, None),
    }
