"""What a process and all it started have used of the processors, as Linux counts it (standard library only)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """One line of `/proc/PID/stat`: its parent, its own ticks, and those of children that ended and were waited for."""

    parent: int
    own: int
    waited: int


def read(stat: str) -> Process:
    """The line, whose second field (the name) may hold spaces and brackets."""
    fields = stat.rpartition(")")[2].split()
    user, system, waited_user, waited_system = map(int, fields[11:15])
    return Process(int(fields[1]), user + system, waited_user + waited_system)


def family_ticks(processes: Mapping[int, Process], root: int) -> int:
    """Ticks of `root` and all its descendants. Who ended meanwhile is in the ticks its parent waited for."""
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    family = [root]
    for member in family:
        family.extend(children.get(member, []))
    return sum(processes[member].own + processes[member].waited for member in family if member in processes)


def running() -> dict[int, Process]:
    """All processes of this machine."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                found[int(entry.name)] = read((entry / "stat").read_text())
    return found


def seconds_of(roots: Mapping[str, int]) -> dict[str, float]:
    """Seconds each of these families has used so far."""
    processes = running()
    return {name: family_ticks(processes, root) / TICKS for name, root in roots.items()}
