"""Five distributions, one lock."""

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from architecture.lints import SERVICES
from architecture.tree import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PROJECTS = ["shared", *(f"services/{name}" for name in SERVICES)]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize("project", PROJECTS)
def test_every_dependency_is_locked(project: str) -> None:
    wanted = _read(ROOT / project / "pyproject.toml")["project"]["dependencies"]
    locked = set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE))

    assert {_name(requirement) for requirement in wanted} - locked - {"beraad"} == set(), "run `make lock`"


def test_every_tool_is_locked() -> None:
    groups = _read(ROOT / "pyproject.toml")["dependency-groups"]
    wanted = [tool for tools in groups.values() for tool in tools if isinstance(tool, str)]
    locked = set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE))

    assert {_name(requirement) for requirement in wanted} - locked == set(), "run `make lock`"


def test_the_lock_names_no_index_and_hashes_everything() -> None:
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", LOCK)
    pinned = re.split(r"\n(?=[a-z0-9])", LOCK.strip())
    assert [entry.partition(" ")[0] for entry in pinned if "--hash=sha256:" not in entry] == []


def test_all_distributions_have_one_version() -> None:
    assert len({_read(ROOT / project / "pyproject.toml")["project"]["version"] for project in PROJECTS}) == 1


def test_the_services_are_found_by_entry_point() -> None:
    found = {entry.name: entry.module.partition(".")[0] for entry in entry_points(group="beraad.services")}

    assert found == {name: f"beraad_{name}" for name in SERVICES}
