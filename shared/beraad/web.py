"""Serving WSGI applications with gunicorn: threads within processes, the fast parser, no control socket."""

from __future__ import annotations

import gc
import os
import select
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

MEMORY = Path("/dev/shm")  # noqa: S108 - the heartbeat of gunicorn's processes must not wait for a disk
GRACEFUL_SECONDS = 8
GARBAGE = 10_000
"""Objects made, and not freed, until the youngest are looked through: a request makes hundreds; Python's own is 700."""


@dataclass(frozen=True)
class Serving:
    """How to serve."""

    bind: str
    """`HOST:PORT`, or `fd://N` for a socket that is bound already."""
    threads: int = 4
    processes: int = 1
    after_fork: Callable[[], None] | None = None
    """Runs first in each serving process."""


class PlainLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines through our logs; requests are counted by the metrics, not logged."""

    def setup(self, cfg: Any) -> None:
        """Leave the root logger's handler in charge."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told what to do by us alone: it reads no file, no variable, no argument."""

    def __init__(self, load: Callable[[], Any], serving: Serving) -> None:
        """`load` makes the application, in each serving process."""
        self.load = load
        self._serving = serving
        super().__init__()

    def load_config(self) -> None:
        """Called once by gunicorn."""
        for name, value in _options(self._serving).items():
            self.cfg.set(name, value)


def serve(load: Callable[[], Any], serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT; requests under way get 8 seconds. Ends the process."""
    Server(lambda: _settled(load()), serving).run()


def _settled(application: Any) -> Any:
    """What is there before the first request stays: Python need not look through it for garbage, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    return application


def _options(serving: Serving) -> dict[str, Any]:
    options: dict[str, Any] = {
        "bind": serving.bind,
        "worker_class": f"beraad.web_worker.{'WaitingWorker' if hasattr(select, 'epoll') else 'ProblemWorker'}",
        "workers": serving.processes,
        "threads": serving.threads,
        "http_parser": "fast",
        "control_socket_disable": True,
        "graceful_timeout": GRACEFUL_SECONDS,
        "timeout": 30,
        "keepalive": 30,
        "loglevel": "warning",
        "logger_class": PlainLogger,
        "forwarded_allow_ips": os.environ.get("BERAAD_GATEWAY_IPS", "127.0.0.1,::1"),
        "child_exit": _forget_metrics,
    }
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        options["worker_tmp_dir"] = str(MEMORY)
    if serving.after_fork is not None:
        after_fork = serving.after_fork
        options["post_fork"] = lambda _server, _worker: after_fork()
    return options


def _forget_metrics(_server: Any, worker: Any) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
