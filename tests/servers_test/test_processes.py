import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from servers.leftovers import processes_of
from servers.processes import Guarded, ServerFailed, free_port, kill_tree, wait_until

SERVERS = Path(__file__).parents[1] / "servers"
A_FAMILY = "sleep 300 & (sleep 300 & wait) & echo {marker} >&2; wait"


def _family(tmp_path: Path) -> Guarded:
    """A server with children and grandchildren, recognizable by the folder in its environment."""
    return Guarded(
        ["/bin/sh", "-c", A_FAMILY], env={**os.environ, "MARKER": str(tmp_path)}, log=tmp_path / "log"
    )


def test_a_server_is_ended_with_its_family(tmp_path: Path) -> None:
    server = _family(tmp_path)
    assert wait_until(lambda: len(processes_of(tmp_path)) >= 4, within=5)

    server.kill()

    assert processes_of(tmp_path) == []


def test_a_server_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    server = Guarded(
        ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
        env={**os.environ, "MARKER": str(tmp_path)},
        log=tmp_path / "log",
    )

    server.end(signal.SIGTERM, within=0.3)

    assert not server.running()
    assert processes_of(tmp_path) == []


def test_no_server_outlives_a_test_run_that_is_killed(tmp_path: Path) -> None:
    script = f"""
import sys, time
sys.path.insert(0, {str(SERVERS.parent)!r})
from pathlib import Path
from servers.processes import Guarded
server = Guarded(["/bin/sh", "-c", {A_FAMILY!r}], env={{"PATH": "/usr/bin:/bin", "MARKER": {str(tmp_path)!r}}},
                 log=Path({str(tmp_path / "log")!r}))
print(server.pid, flush=True)
time.sleep(300)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stdout.readline()
        assert wait_until(lambda: len(processes_of(tmp_path)) >= 4, within=5)
        run.kill()
        run.wait(5)

    assert wait_until(lambda: processes_of(tmp_path) == [], within=5)


def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="/nowhere/server"):
        Guarded(["/nowhere/server"], env=os.environ, log=tmp_path / "log")


def test_ports_are_handed_out_once() -> None:
    assert len({free_port() for _ in range(20)}) == 20


def test_killing_what_is_gone_is_harmless() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait(5)

    kill_tree(gone.pid)
