"""Seeded bugs that the fault tests must catch: `python -m faults.mutations`, or `make mutations`.

Each is made in a copy of the kernel, never in the tree; the fault tests then run on the copy and must fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WITHIN = 400


@dataclass(frozen=True)
class Mutation:
    """One bug: where, what is written instead of what, and which fault tests to ask."""

    part: str
    bug: str
    file: str
    good: str
    bad: str
    ask: str


MUTATIONS = (
    Mutation(
        "relay",
        "positions are given in another order than that of the commits",
        "outbox.py",
        "partition_by=batch.c.stream, order_by=batch.c.row_id)",
        "partition_by=batch.c.stream, order_by=batch.c.row_id.desc())",
        "clean_run or nobody_else_waits",
    ),
    Mutation(
        "relay",
        "what was not confirmed counts as sent",
        "relay.py",
        "            transport.send(events)\n",
        "            try:\n                transport.send(events)\n            except TransportDown:\n                pass\n",
        "private_words",
    ),
    Mutation(
        "cursor",
        "the cursor is stored one event short",
        "progress.py",
        "cursor.epoch, cursor.position = epoch, position\n",
        "cursor.epoch, cursor.position = epoch, position - 1\n",
        "three_times",
    ),
    Mutation(
        "cursor",
        "the cursor is not stored with the effects",
        "applying.py",
        "            progress.store()\n            for watermark",
        "            for watermark",
        "three_times",
    ),
    Mutation(
        "parking",
        "later events of an aggregate overtake the parked one",
        "progress.py",
        "return event.subject in self._quarantined[event.stream]",
        "return False",
        "nobody_else_waits",
    ),
    Mutation(
        "parking",
        "parked events are replayed in another order",
        "parking.py",
        "rows = session.execute(query.order_by(parked.c.epoch, parked.c.position))",
        "rows = session.execute(query.order_by(parked.c.position.desc()))",
        "nobody_else_waits",
    ),
    Mutation(
        "gap repair",
        "a gap is passed over",
        "completing.py",
        "        while after < through:\n",
        "        while after < through < 0:\n",
        "clean_run",
    ),
    Mutation(
        "gap repair",
        "the first event of each gap is skipped",
        "completing.py",
        "page = self._read(epoch, after, through)",
        "page = self._read(epoch, after + 1, through)",
        "clean_run",
    ),
    Mutation(
        "rebuild",
        "what was acted on before is acted on again",
        "progress.py",
        "return event.position <= self._cursors[event.stream].again_through",
        "return False",
        "clean_run",
    ),
    Mutation(
        "epoch",
        "a later epoch is read on as if nothing had happened",
        "completing.py",
        "if not self._private and 0 < self._place[0] < epoch:",
        "if False:",
        "end_equal_to_it",
    ),
)


def main() -> int:
    """0 when every bug was caught."""
    missed = [mutation for mutation in MUTATIONS if not _is_caught(mutation)]
    print(f"{len(MUTATIONS) - len(missed)} of {len(MUTATIONS)} seeded bugs caught")
    return 1 if missed else 0


def _is_caught(mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory(prefix="beraad-mutation-") as folder:
        kernel = Path(folder) / "beraad"
        shutil.copytree(ROOT / "shared/beraad", kernel, ignore=shutil.ignore_patterns("__pycache__"))
        file = kernel / "messaging" / mutation.file
        text = file.read_text()
        if text.count(mutation.good) != 1:
            raise SystemExit(f"{mutation.file} no longer has: {mutation.good}")
        file.write_text(text.replace(mutation.good, mutation.bad))
        output = _tested(folder, mutation.ask)
    failed = re.findall(r"^FAILED \S+::(\w+)", output, re.MULTILINE)
    told = f"caught by {failed[0]}" if failed else "NOT CAUGHT"
    print(f"{mutation.part}: {mutation.bug}: {told}", flush=True)
    return bool(failed)


def _tested(folder: str, ask: str) -> str:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-m",
        "faults and not long",
        "-k",
        ask,
        "tests/faults",
    ]
    paths = {**os.environ, "PYTHONPATH": folder}
    done = subprocess.run(
        command, cwd=ROOT, env=paths, capture_output=True, text=True, timeout=WITHIN, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"the tests did not run:\n{done.stdout}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
