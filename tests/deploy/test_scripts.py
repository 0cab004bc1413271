"""The shell scripts of deploy/: plain sh, without a lint, and the one that lets a service leave the gateway in time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from architecture.tree import ROOT
from servers.processes import Guarded, free_port, wait_until
from system.running_system import BERAAD, clean_environment

SCRIPTS = [
    path for path in sorted((ROOT / "deploy").rglob("*")) if path.is_file() and path.read_bytes()[:2] == b"#!"
]


def test_the_scripts_are_found() -> None:
    assert {path.name for path in SCRIPTS} >= {"init-secrets", "web-with-drain", "10-databases.sh"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_plain_sh_that_stops_at_the_first_error(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "set -eu" in lines
    assert os.access(script, os.X_OK)


def test_no_script_has_a_lint() -> None:
    program = Path(sys.executable).with_name("shellcheck")
    checked = subprocess.run([program, *SCRIPTS], capture_output=True, text=True, timeout=60, check=False)
    assert checked.stdout == ""


class DrainingWeb:
    """membership's API behind `web-with-drain`."""

    def __init__(self, folder: Path, *, drain_seconds: int) -> None:
        self.port = free_port()
        environment = clean_environment(
            PATH=f"{Path(BERAAD).parent}:{os.environ['PATH']}",
            BERAAD_ENVIRONMENT="development",
            BERAAD_MEMBERSHIP_DATABASE_URL=f"sqlite:///{folder}/membership.sqlite",
            BERAAD_RUN_DIR=str(folder),
            BERAAD_BIND=f"127.0.0.1:{self.port}",
            DRAIN_SECONDS=str(drain_seconds),
        )
        subprocess.run(
            [BERAAD, "migrate", "membership"], env=environment, check=True, capture_output=True, timeout=60
        )
        script = str(ROOT / "deploy/image/web-with-drain")
        self.process = Guarded([script, "membership"], env=environment, log=folder / "output")

    def status(self, path: str) -> int:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture
def web(tmp_path: Path) -> Iterator[DrainingWeb]:
    started = DrainingWeb(tmp_path, drain_seconds=4)
    assert wait_until(lambda: started.status("/readyz") == 200, within=60), started.process.tail()
    yield started
    started.process.kill()


def test_a_service_told_to_stop_is_no_longer_ready_but_answers_until_it_has_drained(web: DrainingWeb) -> None:
    os.kill(web.process.pid, signal.SIGTERM)

    assert wait_until(lambda: web.status("/readyz") == 503, within=15)
    assert web.status("/livez") == 200
    assert web.status("/openapi.json") == 200
    assert wait_until(lambda: not web.process.running(), within=20)
    assert web.status("/livez") == 0


def test_a_service_that_ends_by_itself_takes_its_script_along(web: DrainingWeb) -> None:
    (server,) = children_of(web.process.pid)
    os.kill(server, signal.SIGKILL)

    assert wait_until(lambda: not web.process.running(), within=5)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
