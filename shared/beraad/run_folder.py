"""The small files that count only while a process runs: a worker's heartbeat, the flag of a service that drains.

Standard library only: who looks at them, every few seconds, must be quick.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

STUCK_AFTER = 60.0
FRESH = 30.0


def drain_file(service: str) -> Path:
    """Its presence makes `/readyz` answer 503 (`beraad drain`)."""
    return _folder() / f"beraad-{service}.draining"


def surroundings_file(data: Path) -> Path:
    """Where `beraad up` writes the `BERAAD_*` variables of what it keeps in that folder, for its owner alone."""
    return data / "run" / "surroundings.env"


def heartbeat_file(service: str, role: str = "worker") -> Path:
    """Where that worker of this machine (or container) tells how it fares."""
    return _folder() / f"beraad-{service}-{role}.json"


def why_unwell(service: str, role: str = "worker", pid: int | None = None) -> str | None:
    """Why the worker (that process, if named) cannot be called alive, or None.

    A worker that waits for its database or broker is alive.
    """
    path = heartbeat_file(service, role)
    try:
        told = json.loads(path.read_text())
        age = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        return "it never told how it fares"
    if pid not in {None, told["pid"]}:
        return "it has just started"
    if age > FRESH:
        return f"it was last heard of {age:.0f} seconds ago"
    stuck = [name for name, role in told["roles"].items() if role["idle"] > STUCK_AFTER]
    return f"stuck: {', '.join(stuck)}" if stuck else None


def _folder() -> Path:
    return Path(os.environ.get("BERAAD_RUN_DIR", "/tmp"))  # noqa: S108 - flags, no data
