"""The pages a person reads, and every file that is tracked."""

import re
import subprocess
from functools import cache
from pathlib import Path

from architecture.tree import ROOT

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@cache
def tracked() -> list[Path]:
    """What git knows, and what it would take: a page is checked before it is committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=30).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def prose(page: Path) -> str:
    """Without code blocks."""
    return FENCE.sub("", page.read_text())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
