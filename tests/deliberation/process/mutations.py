"""Seeded bugs that the machine must catch: `make proof-mutations`, or `python -m deliberation.process.mutations`.

Each is made in a copy of the service, never in the tree; the machine then plays on the copy and must fail.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
EXAMPLES = 2000
WITHIN = 1800
SAID = re.compile(r"^[ |]*((?:\w+\.)*\w*(?:Error|Exception|WrongStage)\b.*(?:\n[ |]*/.*)?)", re.MULTILINE)
"""The error a run ended with, and where model and system differed; several at once are told as a tree."""


@dataclass(frozen=True)
class Mutation:
    """One bug, and what is written instead of what."""

    bug: str
    file: str
    good: str
    bad: str


MUTATIONS = (
    Mutation(
        "one open objection is not counted at the close",
        "domain/verdict.py",
        "    if tally.open_objections:\n",
        "    if tally.open_objections > 1:\n",
    ),
    Mutation(
        "the quorum is computed with floats and rounded down",
        "domain/profiles.py",
        "return -(-self.n * whole // self.d)",
        "return int(self.n / self.d * whole)",
    ),
    Mutation(
        "the proposer's own consent counts",
        "domain/verdict.py",
        "one.answer in EXPLICIT_CONSENTS and not one.proposer for one",
        "one.answer in EXPLICIT_CONSENTS for one",
    ),
    Mutation(
        "an amendment accepted while a round runs keeps its responses",
        "use_cases/accept_amendment.py",
        "        _ask_again(proposal, running, deadline, work, now)\n",
        "        running.follow_text(version.number)\n",
    ),
    Mutation(
        "silence survives an objection",
        "domain/verdict.py",
        "silence = silence and not known and not unknown",
        "silence = bool(silence)",
    ),
    Mutation(
        "a round that is judged again is called again",
        "domain/verdict.py",
        "    if tally.reconsidered:\n",
        "    if tally.reconsidered and tally.calls > CALLS:\n",
    ),
    Mutation(
        "whoever objects says whether their own objection qualifies",
        "domain/objections.py",
        "if person_id in (self.objector_id, *proposers):",
        "if person_id in proposers:",
    ),
    Mutation(
        "an earlier objection is resolved although its objector said nothing",
        "domain/verdict.py",
        "    if answer is not None:\n        return ObjectionState.MERGED",
        "    if answer is not None or asked:\n        return ObjectionState.MERGED",
    ),
    Mutation(
        "a facilitator is told that earlier objections stand whose objectors have answered",
        "queries/standing.py",
        "    left = as_closing_leaves(heard.electors, heard.objections, consent_round.number)\n",
        "    left = list(heard.objections)\n",
    ),
    Mutation(
        "what was merged into an objection that is withdrawn vanishes with it",
        "use_cases/end_objection.py",
        "    if state in UNANSWERED:\n",
        "    if state is ObjectionState.LAPSED:\n",
    ),
    Mutation(
        "a proposal being withdrawn ends in a deadlock that withdrawing is no way out of",
        "domain/proposals.py",
        "        if self.stage is Stage.DEADLOCKED:\n            return Fallback",
        "        if self.stage is Stage.DRAFT:\n            return Fallback",
    ),
)


def main() -> int:
    """0 when every bug was caught. Words as arguments: only the bugs that have one of them."""
    asked = [one for one in MUTATIONS if not sys.argv[1:] or any(word in one.bug for word in sys.argv[1:])]
    missed = [mutation for mutation in asked if not _is_caught(mutation)]
    print(f"{len(asked) - len(missed)} of {len(asked)} seeded bugs caught")
    return 1 if missed else 0


def _is_caught(mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory(prefix="beraad-mutation-") as folder:
        service = Path(folder) / "beraad_deliberation"
        kept = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "services/deliberation/beraad_deliberation", service, ignore=kept)
        file = service / mutation.file
        text = file.read_text()
        if text.count(mutation.good) != 1:
            raise SystemExit(f"{mutation.file} no longer has: {mutation.good}")
        file.write_text(text.replace(mutation.good, mutation.bad))
        told = _played(folder)
    found = SAID.search(told)
    last = "" if found or not told else f"; the run ended with: {told.splitlines()[-1]}"
    print(f"{mutation.bug}: {'caught: ' + found[1] if found else 'NOT CAUGHT' + last}", flush=True)
    return found is not None


def _played(folder: str) -> str:
    """What the machine says of the copy; nothing where it finds no fault."""
    command = [sys.executable, "-m", "deliberation.process.proof", "--driver", "use_cases", "--no-shrink"]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, str(ROOT / "tests"), str(ROOT)])}
    done = subprocess.run(
        [*command, "--examples", str(EXAMPLES), "--steps", "50"],
        cwd=ROOT,
        env=paths,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    return done.stderr if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
