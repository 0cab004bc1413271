"""Many at once: the same moment for all of them, and what became of each."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine, text

R = TypeVar("R")


def at_once(acts: Sequence[Callable[[], R]], within: float = 60) -> list[R | Exception]:
    """Start all acts together, each in a thread of its own. Answers what each returned or raised, in order."""
    start = threading.Barrier(len(acts), timeout=within)

    def run(act: Callable[[], R]) -> R | Exception:
        start.wait()
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, timeout=within))


def until_somebody_waits(engine: Engine) -> None:
    """For a lock that another transaction holds."""
    waiting = text(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with engine.connect() as connection:
            if connection.execute(waiting).first():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
