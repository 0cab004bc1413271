"""`faulty_smtp.py` as a private server: started, asked what it has seen, ended."""

import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.processes import Guarded, ServerFailed, accepts_connections, free_port, wait_until

SCRIPT = Path(__file__).with_name("faulty_smtp.py")


@dataclass(frozen=True)
class Attempt:
    """One message offered to one recipient, and what became of it there."""

    recipient: str
    message_id: str | None
    fate: str
    kept: bool
    at: float
    """When, as a timestamp."""


class FaultyMta:
    """Takes all mail, unless it has a plan (any word): then a quarter of the attempts fails, by `fate_of`.

    It takes `delay` seconds for each answer.
    """

    def __init__(self, plan: str = "", delay: float = 0.0) -> None:
        self.port = free_port()
        self._plan = plan
        self._delay = delay

    def __enter__(self) -> Self:
        with ExitStack() as building:
            self.folder = Path(building.enter_context(tempfile.TemporaryDirectory(prefix="beraad-smtp-")))
            self._log = self.folder / "attempts"
            self._process = Guarded(
                [
                    sys.executable,
                    "-S",
                    "-E",
                    str(SCRIPT),
                    str(self.port),
                    str(self._log),
                    self._plan,
                    str(self._delay),
                ],
                env={"PATH": os.environ["PATH"]},
                log=self.folder / "output",
            )
            building.callback(self._process.end, signal.SIGTERM, within=5)
            if not wait_until(lambda: accepts_connections(self.port), within=20):
                raise ServerFailed(f"the faulty mail server did not start\n{self._process.tail()}")
            self._stack = building.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def seen(self) -> int:
        """How many attempts so far."""
        return self._log.read_bytes().count(b"\n")

    def attempts(self) -> list[Attempt]:
        """All so far, in order."""
        lines = map(json.loads, self._log.read_text().splitlines())
        return [Attempt(line["to"], line["id"], line["fate"], line["kept"], line["at"]) for line in lines]
