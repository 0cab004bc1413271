"""A page's shell blocks, run in their order in one bash, and the answers it shows, compared with those that came.

In an answer `…` stands for anything and white space does not count.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(shell|json|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "=== end of block {} ==="


class DocumentedOtherwise(AssertionError):
    """A block failed, or answered something else than the page shows."""


@dataclass(frozen=True)
class Block:
    """Commands, and what the page says they answer (None where it shows nothing)."""

    commands: str
    shown: str | None


def blocks(page: str) -> list[Block]:
    """The shell blocks; a json or text block right after one is its answer."""
    found: list[Block] = []
    for match in BLOCK.finditer(page):
        kind, body = match.groups()
        if kind == "shell":
            found.append(Block(body, None))
        elif found and found[-1].shown is None:
            found[-1] = Block(found[-1].commands, body)
        else:
            raise DocumentedOtherwise(f"an answer without commands: {body}")
    return found


def run(
    page: str, *, within: float = 90, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run them all, in that folder and environment. Raises `DocumentedOtherwise` at the first that fails or differs."""
    steps = blocks(page)
    script = "".join(f"{step.commands}\necho '{END.format(n)}'\n" for n, step in enumerate(steps))
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=script,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
        cwd=cwd,
        env=env,
    )
    rest = done.stdout
    for n, step in enumerate(steps):
        answer, end, rest = rest.partition(f"{END.format(n)}\n")
        if not end:
            raise DocumentedOtherwise(f"this failed:\n{step.commands}\nit said:\n{answer}{done.stderr}")
        if step.shown is not None and not matches(step.shown, answer):
            raise DocumentedOtherwise(
                f"{step.commands}\nthe page shows:\n{step.shown}\nit answered:\n{answer}"
            )


def matches(shown: str, answer: str) -> bool:
    """Whether the answer is what is shown."""
    pattern = ".*?".join(map(re.escape, "".join(shown.split()).split("…")))
    return re.fullmatch(pattern, "".join(answer.split()), re.DOTALL) is not None
