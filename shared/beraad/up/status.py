"""How the processes fare: written by the supervisor at every change, read by the web process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from beraad.run_folder import why_unwell
from beraad.up.child import Child

WORKER = "-worker"


def write_status(path: Path, children: Sequence[Child]) -> None:
    """Replace what was told before."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps({child.name: child.told() for child in children}))
    new.replace(path)


def read_status(path: Path) -> dict[str, dict[str, Any]]:
    """Process → pid, state, since, restarts and `trouble` (None when it is well)."""
    try:
        told: dict[str, dict[str, Any]] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    for name, process in told.items():
        process["trouble"] = _trouble(name, process)
    return told


def _trouble(name: str, process: dict[str, Any]) -> str | None:
    if process["state"] != "running":
        return str(process["state"])
    if name.endswith(WORKER):
        return why_unwell(name.removesuffix(WORKER), pid=process["pid"])
    return None
