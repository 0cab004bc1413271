"""A stranger can follow the README: its commands are run on a real system, and answer what it shows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.tree import ROOT
from docs import walk
from system.running_system import RunningSystem

PRINTED_LINK = re.compile(r"confirm\?token=(\S+)")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[RunningSystem]:
    running = RunningSystem(tmp_path)
    running.start()
    yield running
    running.stop()


def of(system: RunningSystem, page: str) -> str:
    """The page for the reader of this system: its address, its folder, and the link it printed."""
    link = PRINTED_LINK.search(system.output())
    assert link, system.output()
    return (
        page.replace("http://127.0.0.1:8000", system.address)
        .replace("var/beraad", str(system.data))
        .replace("confirm?token=…", f"confirm?token={link[1]}")
    )


def test_the_readme_can_be_followed(system: RunningSystem) -> None:
    walk.run(of(system, (ROOT / "README.md").read_text()))


def test_a_command_that_fails_is_noticed() -> None:
    with pytest.raises(walk.DocumentedOtherwise, match="this failed"):
        walk.run("```shell\necho fine\n```\n\n```shell\nls /nowhere/at/all\n```\n")


def test_another_answer_is_noticed() -> None:
    with pytest.raises(walk.DocumentedOtherwise, match="the page shows"):
        walk.run('```shell\necho \'{"status": 409}\'\n```\n\n```json\n{"status": 200}\n```\n')


@pytest.mark.parametrize(
    ("shown", "answer", "same"),
    [
        ('{"id": "…", "revision": 1}', '{"id":"0190","revision":1}\n', True),
        ('{"id": "…", …, "seats": 2}', '{"id": "0190", "name": "Ethics", "seats": 2}', True),
        ('{"id": "…", …, "seats": 2}', '{"id": "0190", "seats": 3}', False),
        ("", "something", False),
        ("a.c", "abc", False),
    ],
)
def test_an_answer_is_compared_but_for_what_is_left_out(shown: str, answer: str, same: bool) -> None:
    assert walk.matches(shown, answer) is same


@pytest.mark.parametrize("command", ["run", "test", "demo", "setup", "check", "docs"])
def test_the_commands_of_the_readme_exist(command: str) -> None:
    makefile = (ROOT / "Makefile").read_text()

    assert re.search(rf"^{command}:.* ## ", makefile, re.MULTILINE)
