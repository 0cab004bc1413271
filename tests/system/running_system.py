"""A real `beraad up`, in a folder and on a port of its own."""

import json
import os
import re
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from servers.processes import Guarded, descendants, free_port, wait_until

BERAAD = str(Path(sys.executable).with_name("beraad"))


def clean_environment(**variables: str) -> dict[str, str]:
    """What the tests' own environment says of Beraad does not count."""
    mine = {
        name: value for name, value in os.environ.items() if not name.startswith(("BERAAD_", "PROMETHEUS_"))
    }
    return {**mine, "PYTHONUNBUFFERED": "1", **variables}


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class RunningSystem:
    """`start` returns when it is ready."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    work_to_ready: float = 0.0
    """CPU seconds of all its processes."""
    starts: int = 0

    def start(self) -> None:
        command = [BERAAD, "up", "--port", str(self.port), "--data", str(self.data)]
        self.process = Guarded(command, env=clean_environment(**self.environment), log=self.folder / "output")
        assert wait_until(self.ready, within=60), self.output()
        self.work_to_ready = sum(map(cpu_seconds, self.family()))
        assert wait_until(lambda: self.output().count("Beraad is ready") > self.starts, within=5), (
            self.output()
        )
        self.starts += 1

    def stop(self) -> None:
        self.process.end(signal.SIGTERM, within=12)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def output(self) -> str:
        return (self.folder / "output").read_text()

    def processes(self) -> dict[str, dict[str, Any]]:
        told: dict[str, dict[str, Any]] = self.get("/status").json["processes"]
        return told

    def megabytes(self) -> float:
        """Its share of the memory: what processes have in common is counted once."""
        return sum(map(proportional_megabytes, self.family()))

    def family(self) -> list[int]:
        """All its processes."""
        return [self.process.pid, *descendants(self.process.pid)]

    def administrator(self) -> str:
        """An access token, by the link that was printed at the first start."""
        found = re.search(r"confirm\?token=(\S+)", self.output())
        assert found, self.output()
        answer = self.post("/membership/v1/auth/sessions", {"token": found[1]})
        assert answer.status == 201, answer.text
        token: str = answer.json["access_token"]
        return token

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(Request(self.address + path, headers=headers))

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        told = {"Content-Type": "application/json", **headers}
        return self._ask(Request(self.address + path, json.dumps(body).encode(), told))

    def _ask(self, request: Request) -> Answer:
        try:
            with urlopen(request, timeout=10) as response:
                return Answer(response.status, response.headers, response.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proportional_megabytes(pid: int) -> float:
    found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024
