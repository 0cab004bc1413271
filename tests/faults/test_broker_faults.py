"""Whatever is killed, stopped or taken away: effects = committed events, each once, in order."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.amqp_source import KombuSource
from beraad.messaging.relay import Relay, TransportDown
from contracts.rig import (
    SECRET,
    STREAMS,
    World,
    Writer,
    having,
    keep_stepping,
    numbers,
    on_channel,
    said,
    say,
    whisper,
    writing,
)
from faults import process
from faults.tally import Tally, account, hears_some
from servers.postgres import PrivatePostgres
from servers.processes import wait_until
from servers.rabbitmq import PrivateRabbitMQ

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400), having("broker")]
TESTS = Path(__file__).parents[1]


@contextmanager
def a_process(role: str, *urls: str) -> Iterator[Callable[[], None]]:
    """A running relay or consumer; what is answered kills it -9 and starts another."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, process.__file__, role, *urls]
        running.append(
            subprocess.Popen(
                command, env=environment, cwd=TESTS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )

    def kill() -> None:
        if running:
            running[-1].kill()
            running.pop().wait(10)

    def restart() -> None:
        kill()
        start()

    start()
    try:
        yield restart
    finally:
        kill()


def hears_all(world: World, writer: Writer, tally: Tally) -> None:
    account(world, writer.stop(), tally)


def killed_thrice(world: World, kill: Callable[[], None]) -> None:
    for _ in range(3):
        hears_some(world)
        time.sleep(random.uniform(0, 0.3))
        kill()


def test_a_relay_killed_again_and_again(
    world: World, broker: str, database_urls: dict[str, str], feed_url: str, tally: Tally
) -> None:
    world.relay.close()
    with (
        a_process("relay", database_urls["membership"], broker, feed_url) as kill,
        world.at_work(relay=False),
        writing(world.publisher) as writer,
    ):
        killed_thrice(world, kill)
        hears_all(world, writer, tally)


def test_a_consumer_killed_again_and_again(
    world: World, broker: str, database_urls: dict[str, str], feed_url: str, tally: Tally
) -> None:
    world.consumer.close()
    with (
        a_process("consumer", database_urls["notifications"], broker, feed_url) as kill,
        world.at_work(consumer=False),
        writing(world.publisher) as writer,
    ):
        killed_thrice(world, kill)
        hears_all(world, writer, tally)


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_broker_taken_down_in_the_middle(
    world: World, rabbitmq: PrivateRabbitMQ, how: str, tally: Tally
) -> None:
    time.sleep(
        1.5
    )  # RabbitMQ 3.10 writes the names of new queues half a second later: killed before, it loses them
    with world.at_work(), writing(world.publisher) as writer:
        hears_some(world)
        if how == "stopped":
            rabbitmq.stop()
        else:
            rabbitmq.kill()
        rabbitmq.start()
        hears_all(world, writer, tally)


def test_a_queue_deleted_under_load(world: World, broker: str, tally: Tally) -> None:
    with world.at_work(), writing(world.publisher) as writer:
        hears_some(world)
        with on_channel(broker) as channel:
            channel.queue_delete("notifications.events")
        hears_some(world)
        hears_all(world, writer, tally)


def test_a_strangers_queue_that_is_full_holds_nobody_up(world: World, broker: str, tally: Tally) -> None:
    """An integrator may declare a queue that takes one message and refuses the others."""
    with on_channel(broker) as channel:
        full = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("stranger.full", arguments=full)
        channel.queue_bind("stranger.full", "beraad.events", "membership.#")
    try:
        with world.at_work(), writing(world.publisher) as writer:
            hears_some(world)
            hears_all(world, writer, tally)
    finally:
        with on_channel(broker) as channel:
            channel.queue_delete("stranger.full")


@pytest.mark.parametrize("resource", ["memory", "disk"])
def test_an_alarm_ends_in_the_deadline_and_loses_nothing(
    world: World, resource: str, rabbitmq: PrivateRabbitMQ, tally: Tally
) -> None:
    with world.at_work(), writing(world.publisher) as writer:
        hears_some(world)
        rabbitmq.evaluate(f"rabbit_alarm:set_alarm({{{{resource_limit, {resource}, node()}}, []}})")
        try:
            transport = world.relay._transport
            assert isinstance(transport, PikaTransport)
            assert wait_until(lambda: transport.blocked, within=10)
            time.sleep(6)
        finally:
            rabbitmq.evaluate(f"rabbit_alarm:clear_alarm({{resource_limit, {resource}, node()}})")
        hears_all(world, writer, tally)


def test_a_frozen_broker_ends_every_wait(world: World, rabbitmq: PrivateRabbitMQ, tally: Tally) -> None:
    with world.at_work(), writing(world.publisher) as writer:
        hears_some(world)
        os.kill(rabbitmq.pid, signal.SIGSTOP)
        try:
            time.sleep(12)
        finally:
            os.kill(rabbitmq.pid, signal.SIGCONT)
        hears_all(world, writer, tally)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_database_restarted_in_the_middle_parks_nothing(
    world: World, postgres: PrivatePostgres, tally: Tally
) -> None:
    with world.at_work():
        say(world.publisher, *numbers(1, 300))
        hears_some(world)
        postgres.restart(immediately=True)
        account(world, 300, tally)


def test_two_relays_at_once_never_invert_the_order(world: World, broker: str, tally: Tally) -> None:
    standby = Relay(world.publisher, PikaTransport(broker, "membership"))
    stop = threading.Event()
    thread = threading.Thread(target=keep_stepping, args=(standby.step, stop))
    try:
        with world.at_work(), writing(world.publisher, every=0.002) as writer:
            thread.start()
            for _ in range(3):
                hears_some(world)
                world.relay._leadership.release()  # whoever asks first leads now
            hears_all(world, writer, tally)
    finally:
        stop.set()
        thread.join()
        standby.close()


def test_a_standby_consumer_takes_over_within_two_seconds(world: World, broker: str, tally: Tally) -> None:
    standby = world.another_consumer(KombuSource(broker, "notifications", STREAMS))
    try:
        assert standby.step(0.2) == 0
        with world.at_work(consumer=False), writing(world.publisher) as writer:
            world.consumed(until=lambda: len(said(world.listener)) >= 30)
            assert standby.step(0.2) == 0
            world.consumer.close()
            started = time.monotonic()
            assert wait_until(lambda: standby.step(0.1) > 0, within=10, every=0)
            assert time.monotonic() - started < 2
            count = writer.stop()
            assert wait_until(
                lambda: standby.step(0.1) * 0 + len(said(world.listener)) >= count, within=10, every=0
            )
    finally:
        standby.close()
    account(world, count, tally)


def test_private_words_spoken_while_the_broker_is_down_are_delivered_once(
    world: World, rabbitmq: PrivateRabbitMQ, tally: Tally
) -> None:
    """Effects = committed events, each once, in order: no feed could bring them back."""
    time.sleep(1.5)  # as above
    whisper(world.publisher, *numbers(1, 5))
    world.relayed()
    world.hears(*numbers(1, 5), stream=SECRET)
    rabbitmq.stop()
    whisper(world.publisher, *numbers(6, 10))
    for _ in range(3):
        with suppress(TransportDown):
            world.relay.step()
    rabbitmq.start()
    with world.at_work():
        assert wait_until(lambda: len(said(world.listener, SECRET)) >= 10, within=40)
    tally(committed=10, applied=len(said(world.listener, SECRET)))
    assert said(world.listener, SECRET) == numbers(1, 10)
