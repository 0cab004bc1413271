import time
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

import pytest
from structlog.testing import capture_logs

from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.relay import Refused, TransportDown, Unroutable
from beraad.messaging.topology import EVENTS
from contracts.rig import listen, messages_in, on_channel
from servers.processes import free_port
from servers.rabbitmq import PrivateRabbitMQ
from shared.messaging.test_envelope import an_envelope

Make = Callable[..., PikaTransport]


def public(first: int, last: int) -> list[Envelope]:
    return [an_envelope(position=position) for position in range(first, last + 1)]


def private(position: int) -> Envelope:
    return an_envelope(stream="membership.private", type="membership.contact.changed.v1", position=position)


@pytest.fixture
def make(broker: str) -> Iterator[Make]:
    made: list[PikaTransport] = []

    def transport(url: str = broker, service: str = "membership", **options: Any) -> PikaTransport:
        made.append(PikaTransport(url, service, **options))
        return made[-1]

    yield transport
    for one in made:
        one.close()


def received(url: str, queue: str = "notifications.events") -> list[tuple[Any, Any, bytes]]:
    with on_channel(url) as channel:
        return list(
            takewhile(lambda one: one[0], channel.consume(queue, auto_ack=True, inactivity_timeout=0.5))
        )


def test_an_independent_client_reads_the_wire_contract(broker: str, make: Make) -> None:
    listen(broker)
    sent = public(1, 1)[0]
    make().send([sent])
    ((method, properties, body),) = received(broker)
    assert (method.exchange, method.routing_key) == (EVENTS, "membership.person.updated.v1")
    assert (properties.content_type, properties.delivery_mode) == ("application/json", 2)
    assert (properties.message_id, properties.type, properties.app_id) == (
        str(sent.id),
        sent.type,
        "membership",
    )
    assert properties.headers["cloudEvents_sequence"] == "00000001:0000000000000001"
    assert properties.headers["cloudEvents_time"] == "2017-03-01T12:00:00.123000Z"
    assert body.decode() == '{"name":"Zo\\u00eb","revision":3}'
    assert properties.user_id is None


def test_the_order_is_kept_over_many_windows(broker: str, make: Make) -> None:
    listen(broker)
    sent = public(1, 300)
    make(window=20).send(sent)
    assert [properties.message_id for _, properties, _ in received(broker)] == [str(one.id) for one in sent]


def test_the_broker_vouches_for_the_service_whose_credentials_publish(
    rabbitmq: PrivateRabbitMQ, broker: str, make: Make
) -> None:
    listen(broker)
    rabbitmq.ctl("add_user", "membership", "secret")
    rabbitmq.ctl("set_permissions", "membership", ".*", ".*", ".*")
    try:
        make(rabbitmq.url(credentials="membership:secret")).send(public(1, 1))
    finally:
        rabbitmq.ctl("delete_user", "membership")
    ((_, properties, _),) = received(broker)
    assert properties.user_id == "membership"


def test_before_anybody_listens_public_events_count_as_sent_and_private_ones_wait(
    broker: str, make: Make
) -> None:
    transport = make()
    with pytest.raises(TransportDown, match="NOT_FOUND"):
        transport.send(public(1, 1))
    with capture_logs() as logs:
        transport.send(public(1, 2))
        transport.send(public(2, 3))
    assert [entry["event"] for entry in logs] == ["nobody_listens"]
    with pytest.raises(Unroutable):
        transport.send([private(1)])

    listen(broker)
    transport.send([private(1)])
    transport.send(public(3, 3))
    assert messages_in(broker, "notifications.private") == 1
    assert messages_in(broker, "notifications.events") == 1


def test_once_somebody_listened_an_unroutable_event_waits(broker: str, make: Make) -> None:
    listen(broker)
    transport = make()
    transport.send(public(1, 2))
    with on_channel(broker) as channel:
        channel.queue_delete("notifications.events")
    for _ in range(2):
        with pytest.raises(Unroutable):
            transport.send(public(3, 5))
    listen(broker)
    transport.send(public(3, 5))
    assert messages_in(broker, "notifications.events") == 3


def test_a_refused_event_is_not_taken_as_sent(broker: str, make: Make) -> None:
    listen(broker)
    with on_channel(broker) as channel:
        channel.queue_declare(
            "full", exclusive=False, arguments={"x-max-length": 1, "x-overflow": "reject-publish"}
        )
        channel.queue_bind("full", EVENTS, "membership.#")
    try:
        transport = make()
        for _ in range(2):
            with pytest.raises(Refused, match="refused events of membership"):
                transport.send(public(1, 5))
    finally:
        with on_channel(broker) as channel:
            channel.queue_delete("full")
    transport.send(public(1, 5))
    assert messages_in(broker, "notifications.events") == 15


def test_a_watermark_needs_no_listener(broker: str, make: Make) -> None:
    transport = make()
    with pytest.raises(TransportDown):
        transport.send_watermark(Watermark("membership", 1, 7))
    transport.send_watermark(Watermark("membership", 1, 7))
    listen(broker)
    transport.send_watermark(Watermark("membership", 1, 8))
    ((method, properties, _),) = received(broker)
    assert method.routing_key == "membership.watermark"
    assert properties.headers["cloudEvents_sequence"] == "00000001:0000000000000008"


def test_a_connection_the_broker_closed_meanwhile_is_replaced(
    rabbitmq: PrivateRabbitMQ, broker: str, make: Make
) -> None:
    listen(broker)
    transport = make()
    transport.send(public(1, 1))
    rabbitmq.ctl("close_all_connections", "by the test")
    time.sleep(0.2)
    transport.send(public(2, 2))
    assert messages_in(broker, "notifications.events") == 2


def test_no_broker_is_told_at_once(make: Make) -> None:
    with pytest.raises(TransportDown, match="no connection"):
        make(f"amqp://guest:guest@127.0.0.1:{free_port()}/").send(public(1, 1))


def test_wrong_credentials_are_told(rabbitmq: PrivateRabbitMQ, make: Make) -> None:
    with pytest.raises(TransportDown):
        make(rabbitmq.url(credentials="nobody:wrong")).send(public(1, 1))


def test_a_missing_exchange_and_no_right_to_declare_it_is_told(
    rabbitmq: PrivateRabbitMQ, broker: str, make: Make
) -> None:
    rabbitmq.ctl("add_user", "membership", "secret")
    rabbitmq.ctl("set_permissions", "membership", "^$", ".*", ".*")
    transport = make(rabbitmq.url(credentials="membership:secret"))
    try:
        with pytest.raises(TransportDown, match="NOT_FOUND"):
            transport.send(public(1, 1))
        with pytest.raises(TransportDown, match="may not declare"):
            transport.send(public(1, 1))
    finally:
        rabbitmq.ctl("delete_user", "membership")


@pytest.mark.faults
def test_an_alarm_is_waited_for_with_one_copy_on_its_way(
    rabbitmq: PrivateRabbitMQ, broker: str, make: Make
) -> None:
    listen(broker)
    transport = make(deadline=0.5)
    transport.send(public(1, 1))
    rabbitmq.evaluate("rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []})")
    try:
        for _ in range(4):
            with pytest.raises(TransportDown):
                transport.send(public(2, 2))
            assert transport.blocked
    finally:
        rabbitmq.evaluate("rabbit_alarm:clear_alarm({resource_limit, memory, node()})")
    transport.send(public(2, 2))
    assert not transport.blocked
    time.sleep(0.3)
    assert (
        messages_in(broker, "notifications.events") == 3
    )  # what was on its way arrives too, and is dropped by position
