"""The network between us and the broker freezes or is cut: every wait ends in its deadline, nothing is lost."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.relay import TransportDown
from beraad.perform import Store, Work
from contracts.rig import RabbitPair, World, feed_client, say, writing
from faults.tally import Tally, account, hears_some
from servers.proxy import Proxy
from servers.rabbitmq import PrivateRabbitMQ

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
LONGEST_STEP = 12.0
"""Seconds: five for a confirm, five more for opening the next connection, and a little for a busy machine."""


@pytest.fixture
def proxy(rabbitmq: PrivateRabbitMQ, broker: str) -> Iterator[Proxy]:
    assert broker
    with Proxy(rabbitmq.port) as made:
        yield made


@pytest.fixture
def far_world(
    stores: dict[str, Store[Work]], rabbitmq: PrivateRabbitMQ, proxy: Proxy, feed_url: str
) -> Iterator[World]:
    url = rabbitmq.url().replace(f":{rabbitmq.port}", f":{proxy.port}")
    with ExitStack() as stack:
        made = World(stores["membership"], stores["notifications"], RabbitPair(url), feed_client(feed_url))
        stack.callback(made.close)
        stack.callback(proxy.mend)
        made.consumer.step(0)
        yield made


@pytest.fixture
def world(far_world: World) -> World:
    return far_world


def test_a_frozen_network_ends_every_wait_and_loses_nothing(world: World, proxy: Proxy, tally: Tally) -> None:
    """Effects = committed events, each once, in order; no step of relay or consumer lasts longer than its deadlines."""
    with world.at_work(), writing(world.publisher) as writer:
        hears_some(world)
    proxy.freeze()
    say(world.publisher, f"{writer.count + 1}")
    lasted = []
    for step in (world.relay.step, lambda: world.consumer.step(0.1)):
        began = time.monotonic()
        with suppress(TransportDown):
            step()
        lasted.append(time.monotonic() - began)
    proxy.mend()
    with world.at_work():
        account(world, writer.count + 1, tally)
    assert max(lasted) < LONGEST_STEP
    assert isinstance(world.relay._transport, PikaTransport)


@pytest.mark.long  # pika leaves the socket of a connection open that is reset while it opens: a warning that may meet any test after it
def test_a_network_cut_again_and_again_loses_nothing(world: World, proxy: Proxy, tally: Tally) -> None:
    """Effects = committed events, each once, in order."""
    with world.at_work(), writing(world.publisher) as writer:
        for _ in range(3):
            hears_some(world)
            proxy.cut()
            time.sleep(0.5)
            proxy.mend()
        account(world, writer.stop(), tally)
    assert proxy.passed >= 4
