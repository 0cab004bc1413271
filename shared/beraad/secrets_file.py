"""Secrets made once: the key that protects what is stored, and the keys with which services read each other's feed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from beraad.settings import PUBLISHERS

NAMES = ("BERAAD_SECRET_KEY", *(f"BERAAD_{publisher.upper()}_SERVICE_KEY" for publisher in PUBLISHERS))
OWNER_ONLY = 0o600


def ensure_secrets(path: Path) -> dict[str, str]:
    """The secrets in that file of `NAME=value` lines; those missing are made and added. Never changes one."""
    present = read_values(path)
    made = {name: secrets.token_hex(32) for name in NAMES if name not in present}
    if made:
        write_values(path, {**present, **made})
    return {**present, **made}


def ensure_secret_files(folder: Path) -> list[Path]:
    """One file per secret, for `NAME_FILE` variables and container secrets. Returns those that were made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name in NAMES:
        path = folder / name.removeprefix("BERAAD_").lower()
        if not path.exists():
            _write_privately(path, secrets.token_hex(32))
            made.append(path)
    return made


def read_values(path: Path) -> dict[str, str]:
    """What the `NAME=value` lines of that file say; nothing where there is no file."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_values(path: Path, values: Mapping[str, str]) -> None:
    """A file of `NAME=value` lines for its owner alone."""
    _write_privately(path, "".join(f"{name}={value}\n" for name, value in values.items()))


def _write_privately(path: Path, text: str) -> None:
    """All of it or nothing, and on the disk before we go on: a lost key would lock everybody out."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
