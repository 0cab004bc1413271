"""The definitions of `init-secrets` on a real broker: who may write, read and declare what (design: messaging)."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest
from click.testing import CliRunner
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError

from beraad.cli import main
from beraad.messaging.topology import EVENTS, PRIVATE, TopologyMismatch, declare, missing
from beraad.service import find_worker
from deploy.composition import INTEGRATORS, SERVICES
from servers.rabbitmq import PrivateRabbitMQ

VHOST = "beraad"
REFUSED, FORGED = 403, 406


class Broker:
    """The private broker with the users of an installation."""

    def __init__(self, server: PrivateRabbitMQ, secrets: Path) -> None:
        self.server, self.secrets = server, secrets

    def url(self, user: str) -> str:
        address = (self.secrets / f"{user}_broker_url").read_text()
        return address.replace("@rabbitmq:5672", f"@127.0.0.1:{self.server.port}")

    def attempt(self, user: str, action: Callable[[BlockingChannel], object]) -> int:
        """0, or the code with which the broker refused."""
        connection = pika.BlockingConnection(pika.URLParameters(self.url(user)))
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            action(channel)
        except ChannelClosedByBroker as error:
            return int(error.reply_code)
        finally:
            connection.close()
        return 0


@pytest.fixture(scope="module")
def broker(rabbitmq: PrivateRabbitMQ, secrets: Path) -> Iterator[Broker]:
    rabbitmq.start()
    composed = Broker(rabbitmq, secrets)
    try:
        rabbitmq.ctl("import_definitions", str(secrets / "rabbitmq_definitions.json"))
        rabbitmq.await_channel(composed.url("deploy"))
        told = {name: None for name in os.environ if name.startswith("BERAAD_")}
        done = CliRunner(env={**told, "BERAAD_BROKER_URL": composed.url("deploy")}).invoke(
            main, ["bus", "declare"]
        )
        assert done.exit_code == 0, done.output
        yield composed
    finally:
        rabbitmq.start()
        rabbitmq.ctl("delete_vhost", VHOST)
        for user in (*SERVICES, *INTEGRATORS, "deploy"):
            rabbitmq.ctl("delete_user", user)


def publishing(key: str, exchange: str = EVENTS, **properties: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_publish(exchange, key, b"{}", pika.BasicProperties(**properties))


def reading(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_consume(queue, lambda *_message: None)


def streams_of(service: str) -> list[str]:
    return [subscriptions.publisher for subscriptions in find_worker(service).subscriptions]


@pytest.mark.parametrize("service", SERVICES)
def test_everything_a_service_needs_is_there_though_it_may_declare_nothing(
    broker: Broker, service: str
) -> None:
    assert missing(broker.url(service), service, streams_of(service)) == []
    declare(broker.url(service), service, streams_of(service))


def test_a_queue_that_is_missing_is_not_made_by_the_service(broker: Broker) -> None:
    with pytest.raises(TopologyMismatch, match=r"meetings may not declare: meetings\.private"):
        declare(broker.url("meetings"), "meetings", ["membership", "membership.private"])


@pytest.mark.parametrize("exchange", [EVENTS, PRIVATE])
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_publishes_its_own_topics_only(broker: Broker, service: str, exchange: str) -> None:
    outcomes = {
        topic: broker.attempt(service, publishing(f"{topic}.tested.v1", exchange))
        for topic in (*SERVICES, f"x{service}", "watermark")
    }
    assert outcomes == {topic: 0 if topic == service else REFUSED for topic in outcomes}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_its_own_queues_only(broker: Broker, service: str) -> None:
    queues = {
        name: owner
        for owner in SERVICES
        if streams_of(owner)
        for name in (f"{owner}.events", f"{owner}.dead")
    }
    queues |= {f"{owner}.private": owner for owner in ("notifications", "membership")}
    outcomes = {name: broker.attempt(service, reading(name)) for name in queues}
    assert outcomes == {name: 0 if owner == service else REFUSED for name, owner in queues.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_signs_with_the_name_of_another(broker: Broker, service: str) -> None:
    outcomes = {
        name: broker.attempt(service, publishing(f"{service}.tested.v1", user_id=name)) for name in SERVICES
    }
    assert outcomes == {name: 0 if name == service else FORGED for name in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_binds_deletes_and_bypasses_nothing(broker: Broker, service: str) -> None:
    own = f"{service}.events"
    attempts: dict[str, Callable[[BlockingChannel], object]] = {
        "a queue": lambda channel: channel.queue_declare(f"{service}.own"),
        "an exchange": lambda channel: channel.exchange_declare("own", "topic"),
        "a binding": lambda channel: channel.queue_bind(own, PRIVATE, "membership.#"),
        "deletion": lambda channel: channel.queue_delete(own),
        "purging another's queue": lambda channel: channel.queue_purge(
            "notifications.events" if service != "notifications" else "meetings.events"
        ),
        "the default exchange": publishing("notifications.events", exchange=""),
    }
    assert {name: broker.attempt(service, action) for name, action in attempts.items()} == dict.fromkeys(
        attempts, REFUSED
    )


@pytest.mark.parametrize("service", SERVICES)
def test_who_declares_cannot_publish(broker: Broker, service: str) -> None:
    assert broker.attempt("deploy", publishing(f"{service}.tested.v1")) == REFUSED


def test_a_password_is_good_for_its_own_user_only(broker: Broker) -> None:
    address = pika.URLParameters(broker.url("membership"))
    others = pika.URLParameters(broker.url("meetings")).credentials
    address.credentials = pika.PlainCredentials("membership", others.password)
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(address)


# -- integrators ----------------------------------------------------------------------------------------------------

QUORUM = {"x-queue-type": "quorum"}
ALLOWED: dict[str, Callable[[BlockingChannel], object]] = {
    "declaring a queue of its own": lambda channel: channel.queue_declare(
        "chronicle.all", durable=True, arguments=QUORUM
    ),
    "binding it to decisions": lambda channel: channel.queue_bind(
        "chronicle.all", EVENTS, "deliberation.decision.#"
    ),
    "binding it to everything": lambda channel: channel.queue_bind("chronicle.all", EVENTS, "#"),
    "reading it": reading("chronicle.all"),
    "deleting it": lambda channel: channel.queue_delete("chronicle.all"),
}
NOT_ALLOWED: dict[str, Callable[[BlockingChannel], object]] = {
    "publishing": publishing("deliberation.decision.in_force.v1"),
    "publishing under its own name": publishing("chronicle.told.v1"),
    "publishing in private": publishing("membership.contact.changed.v1", PRIVATE),
    "binding to what is private": lambda channel: channel.queue_bind(
        "chronicle.all", PRIVATE, "membership.#"
    ),
    "reading a service's queue": reading("notifications.events"),
    "reading private words": reading("notifications.private"),
    "reading what is held of a person": reading("membership.private"),
    "reading another integrator's queue": reading("archive-2.all"),
    "declaring a queue of another's name": lambda channel: channel.queue_declare("notifications.copy"),
    "declaring an exchange": lambda channel: channel.exchange_declare("beraad.copy", "topic"),
    "deleting the exchange": lambda channel: channel.exchange_delete(EVENTS),
    "purging a service's queue": lambda channel: channel.queue_purge("meetings.events"),
    "writing into a service's queue": publishing("notifications.events", exchange=""),
}


@pytest.fixture
def queues_of_integrators(broker: Broker) -> None:
    for user in INTEGRATORS:
        broker.attempt(
            user,
            lambda channel, user=user: channel.queue_declare(f"{user}.all", durable=True, arguments=QUORUM),  # type: ignore[misc]
        )


@pytest.mark.usefixtures("queues_of_integrators")
def test_an_integrator_listens_to_what_is_public_and_does_nothing_else(broker: Broker) -> None:
    refused = {name: broker.attempt("chronicle", action) for name, action in NOT_ALLOWED.items()}
    assert refused == dict.fromkeys(NOT_ALLOWED, REFUSED)
    allowed = {name: broker.attempt("chronicle", action) for name, action in ALLOWED.items()}
    assert allowed == dict.fromkeys(ALLOWED, 0)


@pytest.mark.usefixtures("queues_of_integrators")
def test_a_queue_nobody_reads_cannot_fill_the_brokers_disk(broker: Broker) -> None:
    listed = broker.server.ctl("list_queues", "-p", VHOST, "name", "policy", "--no-table-headers")
    policies = dict(line.split("\t") for line in listed.splitlines())
    assert {name for name, policy in policies.items() if policy == "integrators"} == {
        f"{user}.all" for user in INTEGRATORS
    }
    assert policies["notifications.events"] == ""
