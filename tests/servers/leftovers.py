"""Which processes belong to a private server: those that have its folder in their command line or environment."""

import contextlib
from pathlib import Path


def processes_of(folder: Path) -> list[int]:
    marker = str(folder).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if marker in (entry / "cmdline").read_bytes() or marker in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found
