"""Many people in one group, and workers in processes of their own that send them mail."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.perform import transaction
from beraad.storage.tables import known_seats
from beraad_notifications.storage.tables import contacts
from worlds.world import World

SENDING = Path(__file__).with_name("sending_process.py")
LANGUAGES = ("nl", "fr", "en")


def many_people(world: World, group: UUID, count: int) -> dict[UUID, str]:
    """So many seat holders and their addresses, written at once: to hear of each by an event takes its time."""
    people = {new_id(): f"p{number}@beraad.test" for number in range(count)}
    where = {"revision": 1, "time_zone": "Europe/Brussels", "erased": False}
    with transaction(world.store) as work:
        work.session.execute(
            contacts.insert(),
            [
                {
                    "person_id": one,
                    "name": f"Person {number}",
                    "email": email,
                    "language": LANGUAGES[number % len(LANGUAGES)],
                    **where,
                }
                for number, (one, email) in enumerate(people.items())
            ],
        )
        work.session.execute(
            known_seats.insert(),
            [{"seat_id": new_id(), "group_id": group, "person_id": one, "vacated": False} for one in people],
        )
    return people


@dataclass
class Workers:
    """Processes that send, on a clock that only we move, while none of them holds a batch."""

    world: World
    smtp_url: str
    folder: Path
    timeout: float = 1.0
    """How long they wait for the mail server, in seconds."""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: int = 0

    def __post_init__(self) -> None:
        self.clock, self.gate = self.folder / "clock", self.folder / "gate"
        self.metrics = self.folder / "metrics"
        self.metrics.mkdir()
        self.clock.write_text("0")

    def start(self, count: int = 1) -> None:
        """So many more."""
        url = self.world.store.engine.url.render_as_string(hide_password=False)
        for _ in range(count):
            with (self.folder / "workers.log").open("ab") as log:
                arguments = [url, self.smtp_url, str(self.folder), str(self.timeout)]
                self.running.append(
                    subprocess.Popen(
                        [sys.executable, SENDING, *arguments],
                        stdout=log,
                        stderr=log,
                        env={
                            **os.environ,
                            "PYTHONPATH": os.pathsep.join(sys.path),
                            "PROMETHEUS_MULTIPROC_DIR": str(self.metrics),
                        },
                    )
                )

    def kill(self) -> None:
        """Kill -9 the one that has worked longest."""
        victim = self.running.pop(0)
        victim.kill()
        victim.wait(10)
        self.killed += 1

    def end(self) -> None:
        """As an operator does."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(30)
        self.running.clear()

    def later(self, **by: float) -> None:
        """Their time goes on, between two batches of each."""
        with self._nobody_sends():
            seconds = timedelta(**by).total_seconds()
            self.clock.write_text(str(float(self.clock.read_text()) + seconds))

    def now(self) -> float:
        """Their time, as a timestamp."""
        return (real_now() + timedelta(seconds=float(self.clock.read_text()))).timestamp()

    def counted(self, metric: str) -> float:
        """Of all of them together, those that were killed too, whatever the labels."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.metrics))  # type: ignore[no-untyped-call]
        samples = (sample for family in registry.collect() for sample in family.samples)
        return sum(sample.value for sample in samples if sample.name == metric)

    def log(self) -> str:
        return (self.folder / "workers.log").read_text(errors="replace")[-3000:]

    @contextmanager
    def _nobody_sends(self) -> Iterator[None]:
        hold = self.folder / "hold"
        hold.touch()
        try:
            with self.gate.open("a") as gate:
                fcntl.flock(gate, fcntl.LOCK_EX)
                yield
        finally:
            hold.unlink()


def wait_at(gate: Path, hold: Path) -> None:
    """A worker lets whoever moves the clock go first."""
    while hold.exists():
        time.sleep(0.01)
    gate.touch()
