"""A fresh stack for the play: `beraad up` in a folder of its own, gone afterwards.

`BERAAD_*` variables reach it, so the same play runs on PostgreSQL and RabbitMQ where they name servers.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3
from rich.console import Console

READY_WITHIN = 60.0
STOPS_WITHIN = 20.0


class StackNotReady(Exception):
    """The stack did not become ready; its output tells why."""


@contextmanager
def embedded_stack(console: Console) -> Iterator[str]:
    """The address of a new system on a free port, stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="beraad-demo-") as folder:
        port = _free_port()
        log = Path(folder) / "up.log"
        command = [sys.executable, "-m", "beraad", "up", "--port", str(port), "--data", f"{folder}/data"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=dict(os.environ))
        try:
            started = time.monotonic()
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process, log)
            console.print(
                f"[dim]a fresh stack is ready at {url} after {time.monotonic() - started:.1f} s[/dim]"
            )
            yield url
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    pool = urllib3.PoolManager(retries=False, timeout=2)
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if pool.request("GET", f"{url}/readyz").status == 200:  # noqa: PLR2004 - ready
                return
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(0.1)
    raise StackNotReady(log.read_text(errors="replace")[-4000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
