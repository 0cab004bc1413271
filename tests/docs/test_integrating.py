"""What the page for integrators says works: its commands, its two consumers, its permissions.

The consumers run as a reader would run them: copied from the page, in an environment with nothing but what it names.
"""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from architecture.tree import ROOT
from beraad.messaging.amqp_publisher import PikaTransport
from beraad.messaging.relay import Relay
from beraad.messaging.topology import declare
from deliberation.vocabulary import a_circle, recommended
from docs.test_readme import of, system
from docs.walk import run
from servers.processes import wait_until
from servers.rabbitmq import PrivateRabbitMQ
from system.running_system import BERAAD, RunningSystem, clean_environment
from worlds.callers import ok
from worlds.world import WorldMaker

__all__ = ["system"]
PAGE = ROOT / "docs/integrating.md"
UV = ROOT / ".tools/bin/uv"
DECISION = "deliberation.decision.in_force.v1"
CODE = re.compile(r"\[examples/(\w+\.py)\].*?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = dict(CODE.findall(PAGE.read_text()))
"""The consumers as the page shows them, by file name."""


@pytest.mark.parametrize("name", ["read_feed.py", "listen.py"])
def test_the_page_shows_the_examples_as_they_are(name: str) -> None:
    assert SHOWN[name] == (ROOT / "docs/examples" / name).read_text()


# -- an environment with nothing in it ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Somebody with an empty folder, a Python that has pika and nothing else, and the page."""

    folder: Path
    environment: dict[str, str]

    def follow(self, page: str) -> None:
        run(page, cwd=self.folder, env=self.environment)

    @contextmanager
    def running(self, command: str) -> Iterator[Path]:
        """A command of the page, killed in the end. Gives what it prints."""
        name = shlex.split(command)[1]
        (self.folder / name).write_text(SHOWN[name])
        told = self.folder / "told"
        with told.open("ab") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield told
            assert process.poll() is None, told.read_text()
        finally:
            process.kill()
            process.wait(5)


@pytest.fixture(scope="module")
def only_pika(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with pika as it is locked."""
    folder = tmp_path_factory.mktemp("empty")
    locked = re.search(
        r"^pika==.*?(?=^\S)", (ROOT / "requirements.lock").read_text(), re.MULTILINE | re.DOTALL
    )
    assert locked
    (folder / "needed.txt").write_text(locked[0])
    python = folder / "venv/bin/python"
    for command in (
        ("venv", "-q", "--no-python-downloads", "--python", sys.executable, folder / "venv"),
        ("pip", "sync", "-q", "--require-hashes", "--python", python, folder / "needed.txt"),
    ):
        subprocess.run([str(UV), *map(str, command)], check=True, timeout=120)
    return python.parent


@pytest.fixture
def reader(only_pika: Path, tmp_path: Path) -> Reader:
    folder = tmp_path / "reader"
    folder.mkdir()
    return Reader(folder, {"PATH": f"{only_pika}:{os.defpath}", "HOME": str(folder)})


def test_the_environment_holds_nothing_else(reader: Reader) -> None:
    listed = "from importlib.metadata import distributions; print(*(one.name for one in distributions()))"
    command = ["bash", "-c", f"exec python3 -c '{listed}'"]
    told = subprocess.run(
        command, env=reader.environment, capture_output=True, text=True, check=True, timeout=30
    )
    assert told.stdout.split() == ["pika"]


# -- the feed ----------------------------------------------------------------------------------------------------


READ_FEED = re.findall(r"^\$ (python3 read_feed\.py .+)$", PAGE.read_text(), re.MULTILINE)


def register(system: RunningSystem, token: str, name: str) -> None:
    body = {"name": name, "email": f"{name.lower()}@example.org"}
    answer = system.post("/membership/v1/people", body, Authorization=f"Bearer {token}")
    assert answer.status == 201, answer.text


def heard(reader: Reader) -> list[tuple[str, str]]:
    """(sequence, who was registered) as the example has kept them."""
    with closing(sqlite3.connect(reader.folder / "chronicle.sqlite")) as kept:
        names = "SELECT sequence, json_extract(data, '$.name') FROM heard ORDER BY sequence"
        return list(kept.execute(names)) if kept.execute("SELECT 1 FROM sqlite_master").fetchone() else []


def names(reader: Reader) -> set[str]:
    return {name for _, name in heard(reader)}


def positions(reader: Reader) -> list[int]:
    return [int(sequence.partition(":")[2]) for sequence, _ in heard(reader)]


@pytest.mark.timeout(240)
def test_the_page_can_be_followed_and_its_reader_survives_what_happens(
    system: RunningSystem, reader: Reader
) -> None:
    (command,) = READ_FEED
    page = of(system, PAGE.read_text())
    token_file = reader.folder / "token"
    reader.follow(page + f"\n```shell\necho $token >{token_file}\n```\n")
    token = token_file.read_text().strip()
    read = of(system, command)

    with reader.running(read):
        assert wait_until(lambda: "Administrator" in names(reader), within=15)
        register(system, token, "Anna")
        assert wait_until(lambda: "Anna" in names(reader), within=15)
    register(system, token, "Bram")  # while nobody reads
    with reader.running(read) as told:
        assert wait_until(lambda: "Bram" in names(reader), within=15), told.read_text()
        assert positions(reader) == list(range(1, len(positions(reader)) + 1))
        system.stop()
        backup = system.folder / "backup"
        shutil.copytree(system.data, backup)
        system.start()
        register(system, token, "Lost")
        assert wait_until(lambda: "Lost" in names(reader), within=15), told.read_text()
        restore(system, backup)
        register(system, token, "Found")
        assert wait_until(lambda: "Found" in names(reader), within=15), told.read_text()
        assert {"Anna", "Bram"} < names(reader)
        assert "Lost" not in names(reader)
        assert positions(reader) == list(range(1, len(positions(reader)) + 1))
        assert len({sequence.partition(":")[0] for sequence, _ in heard(reader)}) == 1


def restore(system: RunningSystem, backup: Path) -> None:
    """Membership from a backup, as its operator is told to do it."""
    system.stop()
    for path in system.data.glob("membership.sqlite*"):
        path.unlink()
    for path in backup.glob("membership.sqlite*"):
        shutil.copy(path, system.data / path.name)
    command = [BERAAD, "--of", str(system.data), "bus", "restored", "membership"]
    subprocess.run(command, check=True, timeout=30, env=clean_environment())
    system.start()


# -- RabbitMQ ----------------------------------------------------------------------------------------------------


@pytest.fixture
def integrator(rabbitmq: PrivateRabbitMQ, amqp_url: str) -> Iterator[str]:
    """The address of the broker for a user made by the page's own commands."""
    vhost = amqp_url.rpartition("/")[2]
    commands = re.findall(r"^\$ rabbitmqctl (.+)$", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        rabbitmq.ctl(*(vhost if word == "beraad" else word for word in shlex.split(command)))
    yield rabbitmq.url(vhost, credentials="chronicle:secret")
    rabbitmq.ctl("delete_user", "chronicle")


@pytest.fixture
def listener(integrator: str, amqp_url: str, reader: Reader) -> Iterator[Path]:
    """What the example prints, listening as the page says."""
    declare(amqp_url, "deliberation")
    command = re.search(r"^\$ (python3 listen\.py .+)$", PAGE.read_text(), re.MULTILINE)
    assert command
    with reader.running(re.sub(r"amqp://\S+", integrator, command[1])) as told:
        queue = shlex.split(command[1])[3]
        assert wait_until(lambda: stands(amqp_url, queue), within=15), told.read_text()
        yield told


def stands(amqp_url: str, queue: str) -> bool:
    """Whether somebody reads that queue, so that it is bound."""
    with closing(pika.BlockingConnection(pika.URLParameters(amqp_url))) as connection:
        try:
            declared = connection.channel().queue_declare(queue, passive=True)
        except ChannelClosedByBroker:
            return False
        readers: int = declared.method.consumer_count
        return readers > 0


def test_the_listener_hears_a_decision_that_a_relay_sends(
    listener: Path, amqp_url: str, a_world: WorldMaker
) -> None:
    world = a_world("deliberation")
    board, approver = world.group("Board", kind="board"), world.person("Director")
    world.seat(board, approver.id)
    approval = recommended(a_circle(world, approving_body_id=board))
    ok(approver.post(f"/v1/approvals/{approval['id']}/grant"))

    with closing(Relay(world.store, PikaTransport(amqp_url, "deliberation"))) as relay:
        relay.step()

    assert wait_until(lambda: DECISION in listener.read_text(), within=15), listener.read_text()
    (line,) = listener.read_text().splitlines()
    (decision,) = world.published(DECISION)
    assert re.fullmatch(rf"0+1:0+\d+ {re.escape(DECISION)} {{.*}}", line), line
    assert json.loads(line.split(" ", 2)[2])["decision_id"] == decision["decision_id"]


FORBIDDEN: dict[str, Callable[[BlockingChannel], object]] = {
    "publishing": lambda channel: channel.basic_publish("beraad.events", DECISION, b"{}"),
    "reading what is private": lambda channel: channel.queue_bind("chronicle.x", "beraad.private", "#"),
    "reading another's queue": lambda channel: channel.basic_get("meetings.events"),
    "a queue of another prefix": lambda channel: channel.queue_declare("decisions", durable=True),
}


def test_an_integrator_may_not_do_more(integrator: str, amqp_url: str) -> None:
    declare(amqp_url, "meetings", ["deliberation"])
    assert {what for what in FORBIDDEN if is_refused(FORBIDDEN[what], integrator)} == set(FORBIDDEN)


def is_refused(act: Callable[[BlockingChannel], object], url: str) -> bool:
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("chronicle.x", durable=True, arguments={"x-queue-type": "quorum"})
        try:
            act(channel)
        except ChannelClosedByBroker as error:
            return bool(error.reply_text.startswith("ACCESS_REFUSED"))
    return False
