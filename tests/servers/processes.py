"""Server processes that cannot outlive the tests.

Each server runs under a guard of its own: this very file, started as a script. The guard starts the server in a new
session, tells its process id, and ends it with all its descendants as soon as the one who asked for it is gone,
even if that one was killed with -9. Processes are ended by id, never by name.
"""

import contextlib
import ctypes
import os
import pwd
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_handed_out: set[int] = set()


class ServerFailed(Exception):
    """A private server did not start, or did not end; the message carries the end of its log."""


def free_port() -> int:
    """A loopback port that nothing listens on, below the range from which outgoing connections take theirs.

    So a server that is down for a while finds its port free when it comes back.
    """
    for port in random.SystemRandom().sample(range(20_000, 30_000), 200):
        if port in _handed_out:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _handed_out.add(port)
            return port
    raise ServerFailed("no free port between 20000 and 30000 on 127.0.0.1")


def descendants(pid: int) -> list[int]:
    """The process ids of all children of `pid`, and of theirs, nearest first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(after_name[1]), []).append(int(entry.name))
    found = list(children.get(pid, []))
    for child in found:
        found.extend(children.get(child, []))
    return found


def kill_tree(pid: int) -> list[int]:
    """Kill -9: `pid` first, so that it starts no more children, then all its descendants. Returns whom."""
    family = [pid, *descendants(pid)]
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    return family


def ended(pid: int) -> bool:
    """Whether all its threads are over, so that its sockets are closed; nobody may have taken note of it yet."""
    try:
        threads = [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX" and threads == [pid]


def wait_until(true: Callable[[], bool], *, within: float, every: float = 0.05) -> bool:
    """Whether `true` came true within that many seconds."""
    deadline = time.monotonic() + within
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def accepts_connections(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def unprivileged_user() -> str | None:
    """Who runs a server that must not run as root: `postgres`, else `nobody`. None where we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for user in ("postgres", "nobody"):
        if user in known:
            return user
    raise ServerFailed("running as root, and there is neither a user postgres nor a user nobody")


class Guarded:
    """A server process and its guard.

    `pid` is the process that was started: kill it, freeze it (SIGSTOP), it is ours.
    """

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], log: Path, user: str | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-S", "-E", __file__, user or "", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=dict(env),
                cwd=log.parent,
                start_new_session=True,
            )
        assert self._guard.stdout
        told = self._guard.stdout.readline()
        self._guard.stdout.close()
        if not told.strip().isdigit():
            self._guard.wait(10)
            self._close()
            raise ServerFailed(f"{command[0]} could not be started\n{self.tail()}")
        self.pid = int(told)

    def running(self) -> bool:
        return self._guard.poll() is None

    def tail(self, lines: int = 30) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return "(no log)"

    def end(self, how: signal.Signals, *, within: float, pid: int | None = None) -> None:
        """Ask with a signal; after the deadline, kill. Returns when nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            if self.running():
                os.kill(pid or self.pid, how)
        try:
            self._guard.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        self._close()

    def kill(self) -> None:
        """Kill -9 the server and all its descendants; returns when nothing of them is left, their sockets included."""
        if self.running():
            family = kill_tree(self.pid)
            if not wait_until(lambda: all(map(ended, family)), within=10):
                raise ServerFailed(f"of {family} some outlive kill -9 for ten seconds")
        self._guard.wait(10)
        self._close()

    def _close(self) -> None:
        if self._guard.stdin:
            self._guard.stdin.close()


def guard(user: str, command: list[str]) -> int:
    """Run the server; end it when our parent is gone. The guard has one thread, so it may prepare its child."""

    def die_with_the_guard() -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    parent = os.getppid()
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=die_with_the_guard,  # noqa: PLW1509 - one thread
        user=user or None,
        group=_group_of(user) if user else None,
        extra_groups=[] if user else None,
    )
    os.write(1, f"{child.pid}\n".encode())
    os.close(1)
    while child.poll() is None:
        readable, _, _ = select.select([0], [], [], 0.05)
        if readable or os.getppid() != parent:
            kill_tree(child.pid)
            child.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)  # helpers that the server left in its session
    return 0


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


if __name__ == "__main__":
    raise SystemExit(guard(sys.argv[1], sys.argv[2:]))
