import os
import signal
import time
from collections.abc import Iterator

import pytest

from beraad.messaging.topology import (
    BrokerUnavailable,
    TopologyMismatch,
    connection_parameters,
    declare,
    differing,
    missing,
    queue_arguments,
)
from contracts.rig import STREAMS, on_channel
from servers.processes import free_port
from servers.rabbitmq import PrivateRabbitMQ

ALL = [
    "beraad.events",
    "beraad.private",
    "notifications.dead",
    "notifications.events",
    "notifications.private",
]


def test_declaring_twice_changes_nothing(broker: str) -> None:
    assert missing(broker, "notifications", STREAMS) == ALL
    declare(broker, "notifications", STREAMS)
    declare(broker, "notifications", STREAMS)
    assert missing(broker, "notifications", STREAMS) == []


def test_a_service_that_listens_to_nobody_has_no_queues(broker: str) -> None:
    declare(broker, "membership")
    assert missing(broker, "membership") == []
    assert missing(broker, "notifications", STREAMS) == ALL[2:]


def test_a_queue_with_other_arguments_is_told_by_name(broker: str) -> None:
    with on_channel(broker) as channel:
        channel.queue_declare("notifications.events", durable=True)
    with pytest.raises(TopologyMismatch, match=r"notifications\.events"):
        declare(broker, "notifications", STREAMS)
    before = missing(broker, "notifications", STREAMS)
    found = differing(broker, "notifications", STREAMS)
    assert list(found) == ["notifications.events"]
    assert "inequivalent arg" in found["notifications.events"]
    assert missing(broker, "notifications", STREAMS) == before, "looking makes nothing"


def test_what_was_published_for_one_service_does_not_reach_another(broker: str) -> None:
    declare(broker, "notifications", STREAMS)
    declare(broker, "meetings", ["membership"])
    with on_channel(broker) as channel:
        for exchange in ("beraad.events", "beraad.private"):
            channel.basic_publish(exchange, "membership.contact.changed.v1", b"")
            channel.basic_publish(exchange, "deliberation.proposal.adopted.v1", b"")
        time.sleep(0.3)
        counts = {
            name: channel.queue_declare(name, passive=True).method.message_count
            for name in ("meetings.events", "notifications.events", "notifications.private")
        }
    assert counts == {"meetings.events": 1, "notifications.events": 1, "notifications.private": 1}


def test_a_queue_dead_letters_without_loss_and_gives_up_after_twenty_deliveries() -> None:
    arguments = queue_arguments("notifications")
    assert arguments["x-dead-letter-routing-key"] == "notifications.dead"
    assert (arguments["x-dead-letter-strategy"], arguments["x-overflow"]) == (
        "at-least-once",
        "reject-publish",
    )
    assert (arguments["x-single-active-consumer"], arguments["x-delivery-limit"]) == (True, 20)
    assert queue_arguments("notifications", private=True)["x-delivery-limit"] > 2_000_000_000, (
        "the only copy there is"
    )


def test_a_broker_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(BrokerUnavailable):
        declare(f"amqp://guest:guest@127.0.0.1:{free_port()}/", "notifications", STREAMS)


@pytest.mark.faults
def test_a_frozen_broker_is_unavailable_within_the_deadline(rabbitmq: PrivateRabbitMQ, broker: str) -> None:
    os.kill(rabbitmq.pid, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(BrokerUnavailable):
            declare(broker, "notifications", STREAMS)
        assert time.monotonic() - started < 12
    finally:
        os.kill(rabbitmq.pid, signal.SIGCONT)


@pytest.fixture
def service_user(rabbitmq: PrivateRabbitMQ, broker: str) -> Iterator[str]:
    """The URL of a user as in production: may read its own queues, write its own topics, declare nothing."""
    rabbitmq.ctl("add_user", "notifications", "secret")
    rabbitmq.ctl("set_permissions", "notifications", "^$", r"^beraad\.", r"^(notifications|beraad)\.")
    yield rabbitmq.url(credentials="notifications:secret")
    rabbitmq.ctl("delete_user", "notifications")


def test_a_service_that_may_not_declare_is_content_when_everything_stands(
    broker: str, service_user: str
) -> None:
    with pytest.raises(TopologyMismatch, match="may not declare"):
        declare(service_user, "notifications", STREAMS)
    declare(broker, "notifications", STREAMS)
    declare(service_user, "notifications", STREAMS)


def test_a_service_that_may_not_even_look_is_told_so(
    rabbitmq: PrivateRabbitMQ, broker: str, service_user: str
) -> None:
    rabbitmq.ctl("clear_permissions", "notifications")
    with pytest.raises(BrokerUnavailable):
        missing(service_user, "notifications", STREAMS)


def test_every_connection_ends_its_waits() -> None:
    parameters = connection_parameters("amqps://u:p@broker.example/beraad", "a test")
    assert (parameters.host, parameters.virtual_host, parameters.port) == ("broker.example", "beraad", 5671)
    assert parameters.socket_timeout == parameters.stack_timeout == parameters.blocked_connection_timeout == 5
