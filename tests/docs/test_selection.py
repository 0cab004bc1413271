"""The page on selection can be followed: its commands answer what it shows, and its findings are those there are."""

import os
import re
import sys
from pathlib import Path

from architecture.tree import ROOT
from docs import walk

PAGE = (ROOT / "docs/selection.md").read_text()
SOURCES = ("domain/verification.py", "commands.py")


def test_the_page_can_be_followed() -> None:
    path = f"{Path(sys.executable).parent}:{os.defpath}"
    walk.run(PAGE, cwd=ROOT, env={"PATH": path, "LANG": "C.UTF-8"})


def test_the_page_shows_three_answers() -> None:
    assert [block.shown is not None for block in walk.blocks(PAGE)] == [True, True, True]


def test_every_finding_is_explained() -> None:
    folder = ROOT / "services/membership/beraad_membership"
    code = "".join((folder / source).read_text() for source in SOURCES)
    found = set(re.findall(r'Fault\(\s*"(\w+)"', code))
    rows = "".join(re.findall(r"^\| `.*$", PAGE, re.MULTILINE))

    assert len(found) > 10
    assert found == set(re.findall(r"`(\w+)`", rows))
