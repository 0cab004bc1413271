"""Mails per second: one worker beside plain smtplib, to sinks and to exim; one, two and four workers that share them.

Workers share the cores of this machine with the mail server and the database. To a server that takes its time for each
answer, as those elsewhere do, one worker is bound by waiting: there it shows whether two wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.mail.stage import Forgetful, Inbox, MailServer, Nothing, Stage
from benchmarks.rounds import Target, interleave, ratio
from servers.exim import PrivateExim

ENOUGH = Target(0.8, "at least")
SHARED = Target(1.9, "at least")
WORKERS = (1, 2, 4)
TAKES_ITS_TIME = 0.01
"""Seconds for each answer."""


def beside_smtplib(stage: Stage, rounds: int, mails: int) -> dict[str, dict[str, Any]]:
    """One worker, by figures' names. Rounds differ by a fifth: the mail server, the worker and the database share two cores."""
    with ExitStack() as running:
        servers: dict[str, MailServer] = {
            "inbox": running.enter_context(Inbox()),
            "exim": running.enter_context(PrivateExim(delivering=False)),
            "forgetful": running.enter_context(Forgetful()),
            "nothing": running.enter_context(Nothing()),
        }
        alone = interleave(
            {
                f"{who}, {name}": partial(send, server, mails)
                for name, server in servers.items()
                for who, send in (
                    ("worker", partial(stage.sent_by_workers, workers=1)),
                    ("smtplib", stage.sent_by_smtplib),
                )
            },
            rounds,
        )
    return {
        "mail_vs_smtplib": ratio(alone["worker, inbox"], alone["smtplib, inbox"], ENOUGH),
        "mail_vs_smtplib_exim": ratio(alone["worker, exim"], alone["smtplib, exim"], ENOUGH),
        "mail_vs_smtplib_forgetful": ratio(alone["worker, forgetful"], alone["smtplib, forgetful"], None),
        "mail_vs_smtplib_nothing": ratio(alone["worker, nothing"], alone["smtplib, nothing"], None),
    }


def shared_by_workers(stage: Stage, rounds: int, mails: int, slowly: int) -> dict[str, dict[str, Any]]:
    """Several, by figures' names: so many mails to a server that costs nothing, and `slowly` to one that takes its time."""
    with Nothing() as nothing:
        one, two, four = _shared(stage, nothing, mails, rounds, "")
    with Nothing(delay=TAKES_ITS_TIME) as slow:
        slow_one, slow_two, slow_four = _shared(stage, slow, slowly, rounds, ", slow server")
    return {
        "mail_workers_2_vs_1": ratio(two, one, None),
        "mail_workers_4_vs_1": ratio(four, one, None),
        "mail_workers_2_vs_1_slow_server": ratio(slow_two, slow_one, SHARED),
        "mail_workers_4_vs_1_slow_server": ratio(slow_four, slow_one, None),
    }


def _shared(stage: Stage, server: MailServer, mails: int, rounds: int, told: str) -> Iterable[list[float]]:
    """Of one, two and four workers."""
    participants = {
        f"{workers} sharing{told}": lambda workers=workers: stage.sent_by_workers(server, mails, workers)
        for workers in WORKERS
    }
    return interleave(participants, rounds).values()
