"""docker-compose.yml as an operator without an .env file gets it: defaults filled in, the demo's changes laid over."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from architecture.tree import ROOT

COMPOSE = ROOT / "docker-compose.yml"
DEMO = ROOT / "docker-compose.demo.yml"
SERVICES = ("membership", "meetings", "deliberation", "notifications")
INTEGRATORS = ("chronicle", "archive-2")
INNERMOST = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^${}]*))?\}")
MOUNTED = "/run/secrets/"


@cache
def composed(path: Path = COMPOSE) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(filled_in(path.read_text()))
    return document


def filled_in(text: str) -> str:
    while (after := INNERMOST.sub(lambda found: found["default"] or "", text)) != text:
        text = after
    return text


def containers(*names: str) -> dict[str, dict[str, Any]]:
    every: dict[str, dict[str, Any]] = composed()["services"]
    return {name: every[name] for name in names} if names else every


def of_the_product() -> dict[str, dict[str, Any]]:
    return {name: container for name, container in containers().items() if "build" in container}


def environment_of(container: str, *, secrets: Path, demo: bool = False) -> dict[str, str]:
    """What the process sees, with the secrets where `init-secrets` put them instead of where they are mounted."""
    environment = dict(containers(container)[container].get("environment", {}))
    if demo:
        environment |= composed(DEMO)["services"].get(container, {}).get("environment", {})
    return {  # None: `NAME: ${NAME:-}`, which compose hands over as an empty value
        name: "" if value is None else str(value).replace(MOUNTED, f"{secrets}/")
        for name, value in environment.items()
    }


def secrets_of(container: str) -> set[str]:
    return set(containers(container)[container].get("secrets", []))


def secrets_named_by(container: str) -> set[str]:
    """The secrets that its environment points to."""
    environment = containers(container)[container].get("environment", {})
    return {
        str(value).removeprefix(MOUNTED) for value in environment.values() if str(value).startswith(MOUNTED)
    }
