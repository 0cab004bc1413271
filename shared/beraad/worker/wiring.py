"""Which transport, which source: what the settings mean for each role."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from beraad.messaging.consumer import Consumer
from beraad.messaging.feed import FeedClient, FeedSource
from beraad.messaging.relay import Relay
from beraad.messaging.sources import Source
from beraad.perform import Store
from beraad.service import DueWork, Worker
from beraad.settings import Settings
from beraad.storage.leadership import Leadership
from beraad.worker.archiving import Archiving
from beraad.worker.bells import Waking
from beraad.worker.roles import ConsumerRole, DueRole, JobsRole, RelayRole, Role

if TYPE_CHECKING:
    from beraad.messaging.amqp_publisher import PikaTransport


class Wiring:
    """Makes the roles of one worker."""

    def __init__(self, worker: Worker, settings: Settings, store: Store[Any], waking: Waking) -> None:
        self._worker = worker
        self._settings = settings
        self._store = store
        self._waking = waking
        self._transport: PikaTransport | None = None

    def has(self, name: str) -> bool:
        """A worker that listens to nobody needs no consumer, one with nothing falling due no clock, few have long jobs."""
        needed = {
            "consumer": self._worker.subscriptions,
            "due": self._due_work(),
            "jobs": self._worker.jobs,
        }
        return bool(needed.get(name, True))

    def role(self, name: str, alive: Callable[[], bool]) -> Role:
        """Make the role of that name, in its own thread. It calls `alive` in the middle of a long step; False: the worker stops."""
        make: dict[str, Callable[[], Role]] = {
            "relay": self._relay,
            "consumer": lambda: self._consumer(alive),
            "due": self._due,
            "jobs": lambda: JobsRole(self._worker.jobs, self._store, self._settings, self._waking, alive),
        }
        return make[name]()

    def blocked(self) -> bool:
        """Whether the broker refuses to take events."""
        return self._transport is not None and self._transport.blocked

    @property
    def streams(self) -> list[str]:
        """What the worker listens to."""
        return [subscription.publisher for subscription in self._worker.subscriptions]

    def queue_depths(self) -> dict[str, int | None] | None:
        """Messages in each of its queues; None without a broker, nothing where it does not answer."""
        if self._settings.transport == "feed":
            return None
        from beraad.messaging.topology import BrokerUnavailable, depths

        try:
            return depths(self._settings.broker_url, self._worker.name, self.streams)
        except BrokerUnavailable:
            return {}

    def _relay(self) -> Role:
        if self._settings.transport == "rabbitmq":
            from beraad.messaging.amqp_publisher import PikaTransport

            self._transport = PikaTransport(self._settings.broker_url, self._worker.name)
        return RelayRole(Relay(self._store, self._transport, self._waking.listeners), self._waking)

    def _consumer(self, alive: Callable[[], object]) -> Role:
        key = self._settings.service_keys[self._worker.name]
        feeds = FeedClient(self._worker.name, key, self._settings.feed_urls)
        if self._settings.transport == "feed":
            source: Source = FeedSource(
                feeds, self.streams, self._waking.published, look_around_every=self._waking.look_around_every
            )
            leadership: Leadership | None = Leadership(self._store.engine, "consumer")
        else:
            source, leadership = (
                self._amqp_source(self.streams),
                None,
            )  # the broker sees to one active consumer
        consumer = Consumer(self._store, self._worker.subscriptions, source, feeds, alive)
        return ConsumerRole(consumer, leadership, self._waking)

    def _amqp_source(self, streams: list[str]) -> Source:
        from beraad.messaging.amqp_source import KombuSource

        return KombuSource(self._settings.broker_url, self._worker.name, streams)

    def _due(self) -> Role:
        return DueRole(self._due_work(), self._store, self._settings, self._waking)

    def _due_work(self) -> list[DueWork]:
        kernel = [DueWork("archive", Archiving().once)] if self._settings.log_archive else []
        return [*self._worker.due_work, *kernel]
