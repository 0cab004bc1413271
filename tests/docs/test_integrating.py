"""What the page for integrators says works: its commands, its example, its permissions."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from architecture.tree import ROOT
from beraad.identifiers import new_id
from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.topology import declare
from docs.test_readme import of, system
from docs.walk import run
from servers.processes import wait_until
from servers.rabbitmq import PrivateRabbitMQ
from system.running_system import RunningSystem

__all__ = ["system"]
PAGE = ROOT / "docs/integrating.md"
DECISION = "deliberation.decision.in_force.v1"


def test_the_page_can_be_followed(system: RunningSystem) -> None:
    run(of(system, PAGE.read_text()))


@pytest.fixture
def integrator(rabbitmq: PrivateRabbitMQ, amqp_url: str) -> Iterator[str]:
    """The address of the broker for a user made by the page's own commands."""
    vhost = amqp_url.rpartition("/")[2]
    commands = re.findall(r"^\$ rabbitmqctl (.+)$", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        rabbitmq.ctl(*(vhost if word == "beraad" else word for word in shlex.split(command)))
    yield rabbitmq.url(vhost, credentials="chronicle:secret")
    rabbitmq.ctl("delete_user", "chronicle")


@pytest.fixture
def listener(integrator: str, amqp_url: str, tmp_path: Path) -> Iterator[Path]:
    """What the example prints, listening as the page says."""
    declare(amqp_url, "deliberation")
    heard = tmp_path / "heard"
    example = re.search(r"^\$ python (\S+) \S+ (\S+) '(\S+)'$", PAGE.read_text(), re.MULTILINE)
    assert example
    script, queue, _ = example.groups()
    command = [sys.executable, str(ROOT / script), integrator, queue, "deliberation.#"]
    with heard.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    yield heard
    process.kill()
    process.wait(5)


def test_the_example_hears_what_is_published(listener: Path, amqp_url: str) -> None:
    transport = PikaTransport(amqp_url, "deliberation")
    sent: list[Envelope] = []

    def publish_and_look() -> bool:
        transport.send_watermark(Watermark("deliberation", 1, len(sent)))
        sent.append(_decision(len(sent) + 1))
        transport.send([sent[-1]])
        return DECISION in listener.read_text()

    assert wait_until(publish_and_look, within=15, every=0.2), listener.read_text()
    transport.close()
    line = listener.read_text().splitlines()[0]
    assert re.fullmatch(rf'0+1:0+\d+ {re.escape(DECISION)} decisions/\S+ {{"number": 7}}', line), line
    assert "watermark" not in listener.read_text()


FORBIDDEN: dict[str, Callable[[BlockingChannel], object]] = {
    "publishing": lambda channel: channel.basic_publish("beraad.events", DECISION, b"{}"),
    "reading what is private": lambda channel: channel.queue_bind("chronicle.x", "beraad.private", "#"),
    "reading another's queue": lambda channel: channel.basic_get("meetings.events"),
    "a queue of another prefix": lambda channel: channel.queue_declare("decisions", durable=True),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_an_integrator_may_not_do_more(what: str, integrator: str, amqp_url: str) -> None:
    declare(amqp_url, "meetings", ["deliberation"])
    connection = pika.BlockingConnection(pika.URLParameters(integrator))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("chronicle.x", durable=True, arguments={"x-queue-type": "quorum"})

    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        FORBIDDEN[what](channel)
    connection.close()


def _decision(position: int) -> Envelope:
    return Envelope(
        id=new_id(),
        stream="deliberation",
        type=DECISION,
        subject=f"decisions/{new_id()}",
        time=datetime.now(UTC),
        epoch=1,
        position=position,
        data={"number": 7},
    )
