"""An export and an erasure travel over RabbitMQ, and over the feeds where there is no broker: relays and consumers as in production."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.amqp_source import KombuSource
from beraad.messaging.bell import Bell
from beraad.messaging.consumer import Consumer
from beraad.messaging.feed import FeedClient, FeedSource
from beraad.messaging.relay import Relay
from beraad.messaging.sources import Source
from contracts.fixtures import broker
from privacy.cooperative import SERVICES, Cooperative
from privacy.test_erasing import EMAIL, NAME
from shared.tiny import serving
from worlds.callers import ok
from worlds.world import WorldMaker

__all__ = ["broker"]


class Wired:
    """The cooperative's relays and consumers, stepped in turn."""

    def __init__(self, cooperative: Cooperative, roots: dict[str, str], broker_url: str | None) -> None:
        """Without a broker the feeds are the transport."""
        self.relays: list[Relay] = []
        self.consumers: list[Consumer] = []
        for name, world in cooperative.worlds.items():
            assert world.worker is not None
            streams = [one.publisher for one in world.worker.subscriptions]
            feeds = FeedClient(name, world.settings.service_keys[name], roots)
            source: Source = FeedSource(feeds, streams, Bell())
            if broker_url is not None:
                source = KombuSource(broker_url, name, streams)
            self.consumers.append(Consumer(world.store, world.worker.subscriptions, source, feeds))
            transport = PikaTransport(broker_url, name) if broker_url is not None else None
            self.relays.append(Relay(world.store, transport))
        for consumer in self.consumers:
            consumer.step(0)  # the queues stand

    def works_until(self, done: Callable[[], bool], within: float = 60) -> None:
        deadline = time.monotonic() + within
        while not done():
            assert time.monotonic() < deadline, "in vain"
            for relay in self.relays:
                relay.step()
            for consumer in self.consumers:
                consumer.step(0.05)

    def close(self) -> None:
        for relay in self.relays:
            relay.close()
        for consumer in self.consumers:
            consumer.close()


@pytest.fixture
def cooperative(a_world: WorldMaker) -> Cooperative:
    return Cooperative(a_world, "sqlite")


@pytest.fixture(params=["feed", "rabbitmq"])
def wired(request: pytest.FixtureRequest, cooperative: Cooperative) -> Iterator[Wired]:
    url = request.getfixturevalue("broker") if request.param == "rabbitmq" else None
    with ExitStack() as stack:
        roots = {name: stack.enter_context(serving(cooperative[name].app)) for name in SERVICES}
        made = Wired(cooperative, roots, url)
        stack.callback(made.close)
        yield made


def test_an_export_and_an_erasure_reach_everybody(cooperative: Cooperative, wired: Wired) -> None:
    anna = cooperative.person(NAME, EMAIL)
    location = anna.post(f"/v1/people/{anna.id}/exports").headers["Location"]

    wired.works_until(lambda: bool(ok(anna.get(location))["complete"]))

    held = ok(anna.get(location))["held"]
    assert held["notifications"]["contacts"][0]["email"] == EMAIL
    assert {name: held[name]["known_people"][0]["name"] for name in SERVICES[1:]} == dict.fromkeys(
        SERVICES[1:], NAME
    )

    ok(cooperative.administrator.post(f"/v1/people/{anna.id}/erasure"), 202)

    wired.works_until(lambda: not cooperative.mentions(NAME, EMAIL))
