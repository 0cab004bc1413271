"""What a fault test counted: printed when all is over, so that a run tells what it has seen."""

from collections.abc import Callable

import pytest

from contracts.rig import World, kept, numbers, parked_rows, said
from servers.processes import wait_until

Tally = Callable[..., None]


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """``tally(committed=100, applied=100)``."""

    def count(**figures: object) -> None:
        record_property("counts", ", ".join(f"{name} {figure}" for name, figure in figures.items()))

    return count


def counted(world: World) -> dict[str, int]:
    """What the listener has: effects, those among them that came twice, and what is parked."""
    applied = said(world.listener)
    return {
        "applied": len(applied),
        "twice": len(applied) - len(set(applied)),
        "parked": len(parked_rows(world.listener)),
    }


def account(world: World, committed: int, tally: Tally, *, within: float = 60) -> None:
    """The invariant: effects = committed events, each once, in the publisher's order; nothing parked."""
    assert wait_until(lambda: len(said(world.listener)) >= committed, within=within), (
        f"{len(said(world.listener))} of {committed}"
    )
    applied = said(world.listener)
    tally(committed=committed, received=world.source.received, **counted(world))
    assert applied == numbers(1, committed)
    assert sum(times for times, _ in kept(world.listener).values()) == committed
    assert parked_rows(world.listener) == []


def hears_some(world: World, count: int = 30) -> None:
    """The listener goes on applying."""
    before = len(said(world.listener))
    assert wait_until(lambda: len(said(world.listener)) >= before + count, within=40)
