"""Where the server programs are on this machine, and what must be installed when they are not."""

import os
import shutil
from pathlib import Path

POSTGRESQL_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
RABBITMQ_PLACES = (
    "/usr/lib/rabbitmq/bin",
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "/opt/rabbitmq/sbin",
)
READERS = Path(__file__).parents[1] / "meetings" / "readers"
LOCK, LOCKED = "package-lock.json", ".locked.json"


class ProgramMissing(Exception):
    """A server program that the tests need is not installed; the message says what to install."""


def postgresql_bin() -> Path:
    """The folder of `initdb` and `postgres`, the newest version there is."""
    return _folder_with("initdb", POSTGRESQL_PLACES, package="postgresql")


def rabbitmq_bin() -> Path:
    """The folder of RabbitMQ's own scripts, not the wrapper on the PATH: that one drops the environment."""
    return _folder_with("rabbitmq-env", RABBITMQ_PLACES, package="rabbitmq-server")


def epmd() -> Path:
    found = shutil.which("epmd")
    if not found:
        raise ProgramMissing(
            "epmd (Erlang) is missing. Install the package rabbitmq-server, which brings it."
        )
    return Path(found)


def erl_call() -> Path:
    """Asks an Erlang node; beside epmd where it is not on the PATH."""
    found = shutil.which("erl_call", path=f"{os.environ['PATH']}:{epmd().resolve().parent}")
    if not found:
        raise ProgramMissing("erl_call (Erlang) is missing. Install the package erlang-base.")
    return Path(found)


def haproxy() -> Path:
    """The gateway's program, which Debian keeps off the PATH of ordinary users."""
    found = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise ProgramMissing("haproxy is missing. Install the package haproxy.")
    return Path(found)


def exim() -> Path:
    """Debian's mail server, which it keeps off the PATH of ordinary users."""
    found = shutil.which("exim4", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise ProgramMissing("exim4 is missing. Install the package exim4-daemon-light.")
    return Path(found)


def node() -> Path:
    """Runs the calendar readers in JavaScript. Debian 12 has version 18."""
    return _on_path("node", package="nodejs")


def npm() -> Path:
    """Installs them; Debian's nodejs comes without."""
    return _on_path("npm", package="npm")


def khal() -> Path:
    """Debian's calendar program, with libraries older than ours."""
    return _on_path("khal", package="khal")


def calendar_readers() -> Path:
    """The folder with the calendar readers from npm, installed as they are locked now."""
    installed = READERS / "node_modules" / LOCKED
    if not installed.exists() or installed.read_bytes() != (READERS / LOCK).read_bytes():
        raise ProgramMissing(
            f"The calendar readers of {READERS / LOCK} are missing. `make servers` installs them."
        )
    return READERS


def missing_packages() -> list[str]:
    """The Debian packages to install for the tests, in alphabetical order."""
    missing = set()
    for find, package in (
        (postgresql_bin, "postgresql"),
        (rabbitmq_bin, "rabbitmq-server"),
        (epmd, "rabbitmq-server"),
        (erl_call, "erlang-base"),
        (haproxy, "haproxy"),
        (exim, "exim4-daemon-light"),
        (node, "nodejs"),
        (npm, "npm"),
        (khal, "khal"),
    ):
        try:
            find()
        except ProgramMissing:
            missing.add(package)
    return sorted(missing)


def _on_path(program: str, *, package: str) -> Path:
    found = shutil.which(program)
    if not found:
        raise ProgramMissing(f"{program} is missing. Install the package {package}.")
    return Path(found)


def _folder_with(program: str, places: tuple[str, ...], *, package: str) -> Path:
    folders = [folder for place in places for folder in Path("/").glob(place.lstrip("/"))]
    folders.sort(key=_version, reverse=True)
    on_path = shutil.which(program)
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / program).exists():
            return folder
    raise ProgramMissing(f"{program} is missing. Install the package {package}.")


def _version(folder: Path) -> float:
    digits = "".join(c for c in folder.parent.name if c.isdigit() or c == ".").strip(".")
    return float(digits) if digits.count(".") < 2 and digits else 0.0
