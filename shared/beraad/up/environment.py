"""Where everything is on this machine, written into the environment that all processes read.

A `BERAAD_*` variable that is set already wins: that is how PostgreSQL, RabbitMQ and a real mail server take
the place of what is embedded.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from beraad.run_folder import surroundings_file
from beraad.secrets_file import ensure_secrets, write_values
from beraad.settings import PUBLISHERS


class CannotStart(Exception):
    """Something stands in the way; the message says what to do about it."""


@dataclass(frozen=True)
class Place:
    """The address and the data folder of this system."""

    data: Path
    host: str
    port: int
    mail_port: int | None
    """Where our own mail sink listens; None with a real mail server."""

    @property
    def address(self) -> str:
        """How processes of this machine reach it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host
        return f"http://{host}:{self.port}"

    @property
    def run(self) -> Path:
        """What counts only while it runs: heartbeats, states, metrics."""
        return self.data / "run"

    @property
    def mail(self) -> Path:
        """Where mails are kept, one file each."""
        return self.data / "mail"


def lock_data(data: Path) -> int:
    """Make the data folder ours until this process ends. Raises `CannotStart` if another has it, or nobody can."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(
            f"nothing can be kept in {data} ({error.strerror}): choose another folder with --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(
            f"another `beraad up` runs on {data}: stop it, or choose another folder with --data"
        ) from None
    return lock


def arrange(place: Place) -> None:
    """Make the folders, the secrets on the first start, and the environment."""
    if os.environ.get("BERAAD_DATABASE_URL"):
        raise CannotStart(
            "each service has a database of its own: set BERAAD_MEMBERSHIP_DATABASE_URL and so on"
        )
    shutil.rmtree(place.run, ignore_errors=True)
    for folder in (place.run / "metrics", place.mail):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in {**ensure_secrets(place.data / "secrets.env"), **_defaults(place)}.items():
        os.environ.setdefault(name, value)
    write_values(
        surroundings_file(place.data),
        {name: value for name, value in os.environ.items() if name.startswith("BERAAD_")},
    )
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(place.run / "metrics")


def _defaults(place: Place) -> dict[str, str]:
    defaults = {
        "BERAAD_ENVIRONMENT": "development",
        "BERAAD_LOG_FORMAT": "console",
        "BERAAD_PUBLIC_URL": place.address,
        "BERAAD_RUN_DIR": str(place.run),
    }
    if os.environ.get("BERAAD_ENVIRONMENT", "development") == "development":
        limits = ("RATE_PER_MINUTE", "SIGN_IN_PER_ADDRESS", "SIGN_IN_PER_IP")
        defaults.update({f"BERAAD_{limit}": "100000" for limit in limits})
    if place.mail_port is not None:
        defaults["BERAAD_SMTP_URL"] = f"smtp://127.0.0.1:{place.mail_port}"
        defaults["BERAAD_INBOX_URL"] = f"{os.environ.get('BERAAD_PUBLIC_URL', place.address)}/inbox"
    for name in PUBLISHERS:
        defaults[f"BERAAD_{name.upper()}_DATABASE_URL"] = f"sqlite:///{place.data / name}.sqlite"
        defaults[f"BERAAD_{name.upper()}_URL"] = f"{place.address}/{name}"
    return defaults
