import os
import signal
import socket
import time

import pika
import pytest

from servers.leftovers import processes_of
from servers.processes import ServerFailed
from servers.rabbitmq import PrivateRabbitMQ, close_cluster, cluster

DURABLE = pika.BasicProperties(delivery_mode=2)


def _publish(url: str, queue: str, body: bytes, **arguments: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare(
        queue, durable=True, arguments={f"x-{key.replace('_', '-')}": v for key, v in arguments.items()}
    )
    channel.basic_publish("", queue, body, DURABLE, mandatory=True)
    connection.close()


def _get(url: str, queue: str) -> bytes | None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    body: bytes | None = connection.channel().basic_get(queue, auto_ack=True)[2]
    connection.close()
    return body


def test_confirmed_messages_survive_kill_9_and_a_restart(rabbitmq: PrivateRabbitMQ, amqp_url: str) -> None:
    _publish(amqp_url, "events", b"adopted", queue_type="quorum")
    time.sleep(1)  # see PrivateRabbitMQ.kill

    rabbitmq.kill()
    assert not rabbitmq.running()
    with pytest.raises(OSError, match=r"."):
        socket.create_connection(("127.0.0.1", rabbitmq.port), timeout=1)
    rabbitmq.start()
    rabbitmq.restart()

    assert _get(amqp_url, "events") == b"adopted"


def test_a_frozen_broker_answers_nobody_until_it_goes_on(rabbitmq: PrivateRabbitMQ, amqp_url: str) -> None:
    os.kill(rabbitmq.pid, signal.SIGSTOP)
    try:
        with socket.create_connection(("127.0.0.1", rabbitmq.port), timeout=1) as client:
            client.sendall(b"AMQP\x00\x00\x09\x01")
            with pytest.raises(TimeoutError):
                client.recv(1)
    finally:
        os.kill(rabbitmq.pid, signal.SIGCONT)

    _publish(amqp_url, "events", b"adopted")
    assert _get(amqp_url, "events") == b"adopted"


def test_virtual_hosts_keep_tests_apart(rabbitmq: PrivateRabbitMQ, amqp_url: str) -> None:
    _publish(amqp_url, "events", b"adopted")

    assert "events" not in rabbitmq.ctl("list_queues", "-p", "/", "name").splitlines()
    assert "events" in rabbitmq.ctl("list_queues", "-p", amqp_url.rpartition("/")[2], "name")


def test_a_failed_command_says_why(rabbitmq: PrivateRabbitMQ) -> None:
    with pytest.raises(ServerFailed, match="nowhere"):
        rabbitmq.delete_vhost("nowhere")


def test_it_listens_on_the_loopback_interface_only(rabbitmq: PrivateRabbitMQ) -> None:
    listeners = rabbitmq.evaluate("[rabbit_networking:node_listeners(node())]")

    assert f"{{127,0,0,1}},{rabbitmq.port}" in "".join(listeners.split())
    assert "0,0,0,0" not in "".join(listeners.split()).replace("127,0,0,1", "")


def test_nothing_is_left_after_close() -> None:
    server = PrivateRabbitMQ()
    folder = server.folder.parent
    server.start()
    assert processes_of(folder)

    server.close()

    assert processes_of(folder) == []
    assert not folder.exists()


@pytest.mark.faults
def test_a_cluster_keeps_messages_when_a_node_is_killed() -> None:
    nodes = cluster(3)
    try:
        url = nodes[1].create_vhost("shared")
        _publish(url, "events", b"adopted", queue_type="quorum")
        time.sleep(1)  # see PrivateRabbitMQ.kill

        nodes[0].kill()

        assert _get(nodes[2].url("shared"), "events") == b"adopted"
    finally:
        close_cluster(nodes)
    assert processes_of(nodes[0].folder.parent) == []
