"""Each service installs and starts alone: in an empty environment, from wheels, with nothing of the other three."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from servers.processes import free_port

ROOT = Path(__file__).parents[2]
UV = ROOT / ".tools" / "bin" / "uv"
SERVICES = ("membership", "meetings", "deliberation", "notifications")
READY_WITHIN = 30.0


def _run(*command: object, **environment: str) -> str:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("BERAAD_", "PYTHONPATH"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of each distribution, built with the locked backend."""
    folder = tmp_path_factory.mktemp("wheels")
    for source in ("shared", *(f"services/{name}" for name in SERVICES)):
        _run(
            UV,
            "build",
            "-q",
            "--wheel",
            "--no-build-isolation",
            "--python",
            sys.executable,
            "-o",
            folder,
            source,
        )
    return folder


def _alone(service: str, wheels: Path, folder: Path) -> Path:
    """An environment with the kernel, that service and what they need, all from the lock."""
    python = folder / "venv" / "bin" / "python"
    pyprojects = ("shared/pyproject.toml", f"services/{service}/pyproject.toml")
    needed = folder / "needed.txt"
    _run(UV, "venv", "-q", "--no-python-downloads", "--python", sys.executable, folder / "venv")
    compile_ = ("pip", "compile", "-q", "--generate-hashes", "--no-header", "--no-emit-package", "beraad")
    _run(UV, *compile_, "-c", "requirements.lock", "--python", python, *pyprojects, "-o", needed)
    _run(UV, "pip", "sync", "-q", "--require-hashes", "--python", python, needed)
    mine = [*wheels.glob("beraad-*.whl"), *wheels.glob(f"beraad_{service}-*.whl")]
    _run(UV, "pip", "install", "-q", "--no-deps", "--python", python, *mine)
    return python


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_installs_and_starts_alone(service: str, wheels: Path, tmp_path: Path) -> None:
    python = _alone(service, wheels, tmp_path)
    named = _run(python, "-c", "from beraad.service import service_names; print(*service_names())")
    assert named.split() == [service]
    port = free_port()
    environment = {
        "BERAAD_ENVIRONMENT": "development",
        f"BERAAD_{service.upper()}_DATABASE_URL": f"sqlite:///{tmp_path}/{service}.sqlite",
        "BERAAD_BIND": f"127.0.0.1:{port}",
    }
    _run(python, "-m", "beraad", "migrate", service, **environment)
    web = subprocess.Popen(
        [python, "-m", "beraad", "web", service], env={"PATH": os.environ["PATH"], **environment}
    )
    try:
        assert _answers(f"http://127.0.0.1:{port}/readyz", web) == 200
        assert _answers(f"http://127.0.0.1:{port}/docs", web) == 200
    finally:
        web.terminate()
        assert web.wait(20) == 0


def _answers(url: str, process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                return int(response.status)
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")
