"""The pages written from the code are what the code says, and the check can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.tree import ROOT


def generate(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docs.generate", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, just written."""
    folder = tmp_path_factory.mktemp("docs")
    written = generate("--into", str(folder))
    assert written.returncode == 0, written.stderr
    return folder


def test_the_pages_are_what_the_code_says(fresh: Path) -> None:
    stale = [
        page.relative_to(fresh).as_posix()
        for page in sorted(fresh.rglob("*.md"))
        if not (there := ROOT / "docs" / page.relative_to(fresh)).exists()
        or there.read_text() != page.read_text()
    ]

    assert stale == [], "run `make docs`"


def test_a_stale_page_is_named(fresh: Path, tmp_path: Path) -> None:
    shutil.copytree(fresh, tmp_path / "docs")
    page = tmp_path / "docs/errors.md"
    page.write_text(page.read_text().replace("GroupIsFull", "GroupIsRatherFull"))

    checked = generate("--check", "--into", str(tmp_path / "docs"))

    assert checked.returncode == 1
    assert "errors.md" in checked.stderr
    assert "settings.md" not in checked.stderr
