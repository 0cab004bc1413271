"""A composed system on a real engine: the demo's settings, its own project, port and secrets."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from architecture.tree import ROOT
from beraad.demo.http import Api
from deploy.composition import COMPOSE, DEMO
from servers.processes import free_port, wait_until

IMAGE = "beraad:tested"
ADMINISTRATOR = "administrator@localhost"


def why_no_engine() -> str:
    """Why there is no engine to test on, or nothing."""
    if not shutil.which("docker"):
        return "no container engine: there is no docker command"
    for command in (["docker", "info"], ["docker", "compose", "version"], ["docker", "buildx", "version"]):
        if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode:
            return f"no container engine: `{' '.join(command)}` fails"
    return ""


@dataclass
class ComposedSystem:
    secrets: Path
    project: str = field(default_factory=lambda: f"beraad-test-{os.getpid()}")
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def build(self) -> None:
        """The index that pip is told to use here, if any, is told to the build as well."""
        index = ["--build-arg", "PIP_INDEX_URL"] if "PIP_INDEX_URL" in os.environ else []
        self._run("docker", "build", "-q", "-f", "deploy/Dockerfile", "-t", IMAGE, *index, ".", within=900)

    def compose(self, *arguments: str, within: float = 300) -> str:
        files = ["-f", str(COMPOSE), "-f", str(DEMO), "--profile", "mail-dev"]
        return self._run("docker", "compose", "-p", self.project, *files, *arguments, within=within)

    def inside(self, container: str, *command: str) -> str:
        return self.compose("exec", "-T", container, *command)

    def in_the_image(self, *command: str) -> str:
        return self._run(
            "docker", "run", "--rm", "--read-only", "--entrypoint", command[0], IMAGE, *command[1:], within=60
        )

    def state(self, container: str) -> str:
        """`running healthy`, `exited `, …"""
        return self.compose("ps", "-a", "--format", "{{.State}} {{.Health}}", container).strip()

    def healthy(self, container: str, within: float = 120) -> bool:
        return wait_until(lambda: self.state(container) == "running healthy", within=within, every=1)

    def kill_9(self, container: str) -> None:
        """Everything in it but its init, from within: the engine then restarts it, as after a crash."""
        command = ["docker", "compose", "-p", self.project, "-f", str(COMPOSE), "exec", "-T", container]
        subprocess.run(
            [*command, "sh", "-c", "kill -9 -1"],
            env=self._environment(),
            cwd=ROOT,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def administrator(self) -> Api:
        """Signed in with a link by mail, for ten minutes."""
        nobody = Api(self.url)
        before = nobody.get("/inbox/count")["last"]
        asked = nobody.send("POST", "/membership/v1/auth/sign-in-links", {"email": ADMINISTRATOR})
        links = partial(nobody.get, "/inbox/messages", kind="sign_in_link", to=ADMINISTRATOR, after=before)
        assert wait_until(lambda: bool(links()["messages"]), within=60), "no mail came"
        token = re.findall(r"[?&]token=([\w-]+)", links()["messages"][-1]["text"])[0]
        session = nobody.send(
            "POST", "/membership/v1/auth/sessions", {"token": token}, headers={"Cookie": asked.cookies}
        )
        return nobody.signed_in(session.body["access_token"])

    def down(self) -> None:
        self.compose("down", "-v", "--remove-orphans")

    def logs(self) -> str:
        return self.compose("logs", "--no-color", "--tail", "30")

    def _run(self, *command: str, within: float) -> str:
        done = subprocess.run(
            command,
            env=self._environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("BERAAD_")}
        return {**mine, "IMAGE": IMAGE, "SECRETS": str(self.secrets), "GATEWAY_PORT": str(self.port)}
