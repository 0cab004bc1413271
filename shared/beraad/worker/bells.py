"""What wakes a worker: its own service's commits, and news in the feeds it reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from beraad.messaging.bell import Bell, PipeBell


@dataclass(frozen=True)
class WorkerBells:
    """The pipes of a worker that was forked by `beraad up`, shared with the processes that ring them."""

    committed: PipeBell
    """Rung by this service's web process: there is something to relay, or due."""
    published: PipeBell
    """Rung by the other services' relays, each with its mark: there is something to read in its feed."""
    listeners: tuple[PipeBell, ...] = ()
    """The `published` pipes of those who listen to this service, marked as its own."""


@dataclass(frozen=True)
class Waking:
    """The bells inside one worker process, and how long a role may sleep without hearing one (seconds)."""

    committed: Bell = field(default_factory=Bell)
    published: Bell = field(default_factory=Bell)
    listeners: tuple[PipeBell, ...] = ()
    relay_rest: float = 0.2
    feed_rest: float = 0.5
    due_rest: float = 0.5
    look_around_every: float = 0.0

    def ring(self) -> None:
        """Wake every role of this process."""
        self.committed.ring_here()
        self.published.ring_here()


def waking(pipes: WorkerBells | None) -> Waking:
    """Without pipes nobody tells of other processes' commits, so the tables are looked at more often."""
    if pipes is None:
        return Waking()
    heard = Waking(
        listeners=pipes.listeners, relay_rest=5.0, feed_rest=10.0, due_rest=2.0, look_around_every=10.0
    )
    pipes.committed.listen(heard.committed)
    pipes.published.listen(heard.published)
    return heard
