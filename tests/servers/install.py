"""Install the programs that the tests start, where they are missing and we may; else say what to install.

Run by `make test` with any Python: standard library only. The packages must not start their own servers here: policy-rc.d
forbids that while they are installed and is put back afterwards.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.programs import LOCK, LOCKED, READERS, ProgramMissing, calendar_readers, missing_packages, npm

POLICY = Path("/usr/sbin/policy-rc.d")
START_NOTHING = "#!/bin/sh\nexit 101\n"
WITHOUT_LOSS = ["install", "-y", "--no-install-recommends", "--no-remove"]
"""A machine that has another mail server keeps it: apt refuses, and says so."""


def main() -> int:
    return install_packages() or install_calendar_readers()


def install_packages() -> int:
    packages = missing_packages()
    if not packages:
        return 0
    wanted = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            f"The tests start their own servers and calendar programs and need what is missing here: {wanted}\n"
            f"On Debian or Ubuntu: sudo apt-get install --no-install-recommends {wanted}",
            file=sys.stderr,
        )
        return 1
    print(f"servers: installing {wanted}", flush=True)
    with nothing_started():
        install(packages)
    if still := missing_packages():
        print(f"servers: installed, but still not found: {' '.join(still)}", file=sys.stderr)
        return 1
    return 0


def install_calendar_readers() -> int:
    """From npm, as locked and without running any script of theirs, into a folder that Git ignores."""
    with contextlib.suppress(ProgramMissing):
        calendar_readers()
        return 0
    print("servers: installing calendar readers from npm", flush=True)
    done = subprocess.run(
        [npm(), "ci", "--loglevel=error"], cwd=READERS, stdout=subprocess.DEVNULL, check=False, timeout=900
    )
    if done.returncode:
        print(f"servers: npm could not install what {READERS / LOCK} names", file=sys.stderr)
        return 1
    (READERS / "node_modules" / LOCKED).write_bytes((READERS / LOCK).read_bytes())
    return 0


def install(packages: list[str]) -> None:
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], [*WITHOUT_LOSS, *packages]):
        subprocess.run(
            ["apt-get", "-qq", *command], env=quietly, stdout=subprocess.DEVNULL, check=True, timeout=900
        )


@contextlib.contextmanager
def nothing_started(policy: Path = POLICY) -> Iterator[None]:
    """While in here, no package may start a system service; afterwards the policy is as it was."""
    before = policy.read_bytes() if policy.exists() else None
    mode = policy.stat().st_mode if before is not None else 0o755
    policy.write_text(START_NOTHING)
    policy.chmod(0o755)
    try:
        yield
    finally:
        if before is None:
            policy.unlink()
        else:
            policy.write_bytes(before)
            policy.chmod(mode)


if __name__ == "__main__":
    raise SystemExit(main())
