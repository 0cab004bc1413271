"""Mails per second: one worker beside plain smtplib, to a sink and to exim; one, two and four workers that share them.

To the sink workers share the cores of this machine with it and the database. To a server that takes its time for each
answer, as those elsewhere do, one worker is bound by waiting: there it shows whether two wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.mail.stage import Sink, Stage
from benchmarks.rounds import Target, interleave, ratio
from servers.exim import PrivateExim

ENOUGH = Target(0.8, "at least")
SHARED = Target(1.9, "at least")
WORKERS = (1, 2, 4)
TAKES_ITS_TIME = 0.01
"""Seconds for each answer."""


def measure(stage: Stage, rounds: int, mails: int, shared: int, slowly: int) -> dict[str, dict[str, Any]]:
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
        one, two, four = _shared(stage, sink, shared, rounds, "")
    with Sink(delay=TAKES_ITS_TIME) as slow:
        slow_one, slow_two, slow_four = _shared(stage, slow, slowly, rounds, ", slow server")
    return {
        "mail_vs_smtplib": ratio(alone["worker, sink"], alone["smtplib, sink"], ENOUGH),
        "mail_vs_smtplib_exim": ratio(alone["worker, exim"], alone["smtplib, exim"], ENOUGH),
        "mail_workers_2_vs_1": ratio(two, one, None),
        "mail_workers_4_vs_1": ratio(four, one, None),
        "mail_workers_2_vs_1_slow_server": ratio(slow_two, slow_one, SHARED),
        "mail_workers_4_vs_1_slow_server": ratio(slow_four, slow_one, None),
    }


def _shared(stage: Stage, server: Sink, mails: int, rounds: int, told: str) -> Iterable[list[float]]:
    """Of one, two and four workers."""
    participants = {
        f"{workers} sharing{told}": lambda workers=workers: stage.sent_by_workers(server, mails, workers)
        for workers in WORKERS
    }
    return interleave(participants, rounds).values()
