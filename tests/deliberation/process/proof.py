"""The full proof: `make proof`, or `python -m deliberation.process.proof --driver use_cases --examples 2000 --steps 50`.

Prints what was counted. With `--seed` the same run is played again; a failure ends with the shortest story found.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from beraad.prepare import prepare
from beraad.service import find_service
from deliberation.process.drivers import Driver, InProcess, OverHttp
from deliberation.process.machine import Figures, Process
from servers.postgres import PrivatePostgres
from worlds.settings import some_settings
from worlds.world import World, open_world

FULL = {"use_cases": (2000, 50), "http": (200, 40)}
"""Examples and steps of each (design, security.md: "Proof, not promise")."""


def play(
    driver: Driver,
    examples: int,
    steps: int,
    figures: Figures | None = None,
    *,
    start: int | None = None,
    shrink: bool = True,
) -> None:
    """Let the machine run. `start`: the seed; without one always the same examples. Raises where the two differ."""
    figures = figures or Figures()
    machine = type("Process", (Process,), {"driver": driver, "figures": figures})
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    if start is not None:
        machine = seed(start)(machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=start is None,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@contextmanager
def a_driver(name: str) -> Iterator[Driver]:
    """On a fresh database: SQLite in memory, or a private PostgreSQL."""
    if name == "use_cases":
        with tempfile.TemporaryDirectory(prefix="beraad-proof-") as folder:
            yield InProcess(_world(f"sqlite:///{Path(folder) / 'deliberation.sqlite'}"))
    else:
        with PrivatePostgres() as postgres:
            world = _world(postgres.create_database("deliberation"))
            yield OverHttp(world)
            world.store.engine.dispose()


def _world(url: str) -> World:
    service = find_service("deliberation")
    told = some_settings(service.name, url)
    prepare(service, told)
    return open_world(service, told)


def main() -> int:
    """0 when the model and the system never differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--driver", choices=list(FULL), action="append")
    parser.add_argument("--examples", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-shrink", action="store_true", help="tell a failure as it was found")
    told = parser.parse_args()
    for asked_to_stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked_to_stop, signal.default_int_handler)
    for name in told.driver or list(FULL):
        examples, steps = FULL[name]
        began, figures, told_why = time.monotonic(), Figures(), ""
        with a_driver(name) as driver:
            wanted = told.examples or examples, told.steps or steps
            try:
                play(driver, *wanted, figures, start=told.seed, shrink=not told.no_shrink)
            except KeyboardInterrupt:
                told_why = " until interrupted"
        print(f"{name}: 0 divergences in {time.monotonic() - began:.0f} s{told_why}")
        for line in figures.lines():
            print(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
