"""Three nodes, and the one that leads the queues is killed."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from beraad.perform import Store, Work
from contracts.rig import RabbitPair, World, feed_client, writing
from faults.tally import Tally, account, hears_some
from servers.rabbitmq import PrivateRabbitMQ, close_cluster, cluster

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def members() -> Iterator[list[PrivateRabbitMQ]]:
    made = cluster()
    yield made
    close_cluster(made)


def leader_of(members: list[PrivateRabbitMQ], queue: str) -> PrivateRabbitMQ:
    listed = members[0].ctl("list_queues", "name", "leader", "--no-table-headers")
    node = dict(line.split("\t") for line in listed.splitlines())[queue]
    return next(member for member in members if member.node == node)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_leader_of_the_queues_is_killed(
    stores: dict[str, Store[Work]], feed_url: str, members: list[PrivateRabbitMQ], tally: Tally
) -> None:
    """Effects = committed events, each once, in order, though confirms stop coming and a follower takes over."""
    with ExitStack() as stack:
        first = World(
            stores["membership"], stores["notifications"], RabbitPair(members[0].url()), feed_client(feed_url)
        )
        first.consumer.step(0)
        leader = leader_of(members, "notifications.events")
        other = next(member for member in members if member is not leader)
        first.relay.close()
        first.consumer.close()
        world = World(
            stores["membership"], stores["notifications"], RabbitPair(other.url()), feed_client(feed_url)
        )
        stack.callback(world.close)
        with world.at_work(), writing(world.publisher) as writer:
            hears_some(world)
            leader.kill()
            hears_some(world)
            account(world, writer.stop(), tally, within=90)
