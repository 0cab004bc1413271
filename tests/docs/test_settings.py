"""Whoever names a setting names one that exists: in compose files, scripts, pages and code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.tree import ROOT
from beraad.settings import PUBLISHERS
from docs.pages import name_of, tracked

NAME = re.compile(r"\bBERAAD_(?:<SERVICE>_)?[A-Z][A-Z_]*[A-Z]\b")
KNOWN = set(re.findall(r"^\| `(BERAAD_[A-Z_<>]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
SERVICE = re.compile(f"^BERAAD_({'|'.join(PUBLISHERS).upper()})_")
# folder or file -> why it may name what is no setting
ALLOWED = {
    "tests/": "a test may set what nobody reads",
    "docs/generate/": "describes them",
    "benchmarks/": "has settings of its own",
}


def unknown(text: str) -> set[str]:
    generalized = {
        found: SERVICE.sub("BERAAD_<SERVICE>_", found).removesuffix("_FILE") for found in NAME.findall(text)
    }
    return {found for found, general in generalized.items() if not {found, general} & KNOWN}


def test_every_setting_that_is_named_exists() -> None:
    named = {
        f"{name_of(path)}: {found}"
        for path in tracked()
        if not name_of(path).startswith(tuple(ALLOWED))
        for found in unknown(_text(path))
    }

    assert sorted(named) == []


@pytest.mark.parametrize("text", ["BERAAD_DATABSE_URL=x", "${BERAAD_MEETINGS_SECRET}"])
def test_a_name_that_is_no_setting_is_noticed(text: str) -> None:
    assert unknown(text)


@pytest.mark.parametrize("text", ["BERAAD_MEETINGS_DATABASE_URL_FILE", "BERAAD_PORT", "BERAAD_<SERVICE>_URL"])
def test_a_setting_is_known_under_all_its_names(text: str) -> None:
    assert not unknown(text)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def test_a_setting_nobody_describes_stops_the_page() -> None:
    forget = "from docs.generate import descriptions, settings; descriptions.SECTIONS['Mail'].popitem(); settings.page()"

    ran = subprocess.run(
        [sys.executable, "-c", forget], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert ran.returncode == 1
    assert "Undescribed: settings: ['BERAAD_INBOX_URL']" in ran.stderr
