"""Where mail is measured: private PostgreSQL, RabbitMQ and mail servers, and the product's own processes.

Nothing of the product is changed or left out. When a mail was accepted is what the mail server wrote down, whoever sent
it: one clock for all participants.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID, uuid4

from beraad.clock import real_now
from beraad.messaging.topology import declare
from beraad.perform import WORKER, transaction
from beraad.service import find_service
from beraad.settings import read_settings
from beraad.up.mailbox import Mailbox
from beraad_notifications.mail.message import Composer
from notifications.many import many_people
from notifications.vocabulary import MailRoom, happens, states
from servers.faulty_mta import FaultyMta
from servers.postgres import PrivatePostgres
from servers.processes import Guarded, accepts_connections, free_port, wait_until
from servers.rabbitmq import PrivateRabbitMQ
from servers.with_servers import SERVICES, surroundings
from worlds.world import World, open_world

NOTIFICATIONS = "notifications"
KIND = "vote_opened"
LONGEST = 600.0
PEERS = Path(__file__).parent / "peers"
SINK = Path(__file__).with_name("sink.py")


class MeasurementFailed(Exception):
    """A figure could not be taken honestly: nothing is written."""


class MailServer(Protocol):
    """Either of the two."""

    port: int

    @property
    def url(self) -> str: ...

    def accepted_at(self) -> list[float]: ...


class Nothing(FaultyMta):
    """Takes everything, does nothing with it, and takes `delay` seconds for each answer."""

    def accepted_at(self) -> list[float]:
        """When it took each, as timestamps, in order."""
        return [attempt.at for attempt in self.attempts()]


class Forgetful:
    """aiosmtpd that takes every mail and forgets it."""

    kind = "forgetful"

    def __init__(self) -> None:
        self.port = free_port()
        self._building = ExitStack()

    def __enter__(self) -> Self:
        self.folder = Path(self._building.enter_context(tempfile.TemporaryDirectory(prefix="beraad-sink-")))
        process = Guarded(
            [sys.executable, str(SINK), self.kind, str(self.port), str(self.folder)],
            env={"PATH": os.environ["PATH"]},
            log=self.folder / "output",
        )
        self._building.callback(process.end, signal.SIGTERM, within=5)
        if not wait_until(lambda: accepts_connections(self.port), within=10):
            raise MeasurementFailed(process.tail())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._building.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def accepted_at(self) -> list[float]:
        """When it took each, as timestamps, in order."""
        taken = self.folder / "taken"
        return [float(line) for line in taken.read_text().splitlines()] if taken.exists() else []


class Inbox(Forgetful):
    """The sink of `beraad up`: aiosmtpd, and each mail on the disk before it is accepted."""

    kind = "inbox"

    def accepted_at(self) -> list[float]:
        """When it took each, as timestamps, in order."""
        received = (mail.received_at for mail in Mailbox(self.folder).summaries())
        return [datetime.fromisoformat(at).timestamp() for at in received]


class _Undone(Exception):
    """Nothing of it is to stay."""


class Stage:
    """Use it as a context manager; everything is gone in the end."""

    def __enter__(self) -> Self:
        with ExitStack() as building:
            self._postgres = building.enter_context(PrivatePostgres(fsync=True))
            rabbitmq = building.enter_context(PrivateRabbitMQ())
            self.folder = Path(building.enter_context(tempfile.TemporaryDirectory(prefix="beraad-bench-")))
            variables = surroundings(self._postgres, rabbitmq, "bench")
            self._port = free_port()
            os.environ |= {
                **variables,
                "BERAAD_ENVIRONMENT": "development",
                "BERAAD_MEMBERSHIP_URL": f"http://127.0.0.1:{self._port}",
                "BERAAD_SMTP_SENDER": "beraad@beraad.test",
                "TMPDIR": str(self.folder),
            }
            subprocess.run([_beraad(), "migrate", "--all"], check=True, capture_output=True, timeout=300)
            declare(
                variables["BERAAD_BROKER_URL"],
                NOTIFICATIONS,
                [*(name for name in SERVICES if name != NOTIFICATIONS), "membership.private"],
            )
            self._stack = building.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def servers(self) -> str:
        """What it is measured with, in words."""
        told = subprocess.run(
            [self._postgres._bin / "postgres", "--version"],  # noqa: SLF001 - nothing public tells
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return f"PostgreSQL {told.stdout.split()[2]}"

    @contextmanager
    def notifications(self) -> Iterator[World]:
        """The service over a fresh database."""
        name = f"mail_{uuid4().hex}"
        os.environ["BERAAD_NOTIFICATIONS_DATABASE_URL"] = self._postgres.create_database(name)
        subprocess.run([_beraad(), "migrate", NOTIFICATIONS], check=True, capture_output=True, timeout=120)
        world = open_world(find_service(NOTIFICATIONS), read_settings(NOTIFICATIONS))
        try:
            yield world
        finally:
            world.store.engine.dispose()
            self._postgres.drop_database(name)

    @contextmanager
    def process(self, *command: str, smtp_url: str = "") -> Iterator[None]:
        """`beraad …`, handed over when a worker of it works; in order ended."""
        own = tempfile.mkdtemp(dir=self.folder)
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [_beraad(), *command],
                stdout=log,
                stderr=log,
                env={**os.environ, "TMPDIR": own, "BERAAD_RUN_DIR": own, "BERAAD_SMTP_URL": smtp_url},
            )
        try:
            if command[0] == "worker" and not wait_until(
                lambda: any(Path(own).glob("beraad-*.json")), within=60
            ):
                raise MeasurementFailed(f"{' '.join(command)} does not start")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    def membership_answers(self) -> Any:
        """Its API, whose feed proves that the roster is complete."""
        return self.process("web", "membership", "--bind", f"127.0.0.1:{self._port}")

    # -- mail -----------------------------------------------------------------------------------------------

    def sent_by_workers(self, server: MailServer, mails: int, workers: int) -> float:
        """Mails per second of so many workers that share them. Raises if one came twice or not at all."""
        before = len(server.accepted_at())
        with self.notifications() as world, ExitStack() as working:
            for _ in range(workers):
                working.enter_context(
                    self.process("worker", NOTIFICATIONS, "--only", "jobs", smtp_url=server.url)
                )
            mail_is_due(world, mails)
            if not wait_until(lambda: states(world)["sent"] == mails, within=LONGEST, every=0.5):
                raise MeasurementFailed(f"of {mails} mails: {states(world)}")
        return _rate(server.accepted_at()[before:], mails)

    def sent_by_smtplib(self, server: MailServer, mails: int) -> float:
        """The same by plain smtplib, with the messages that our worker would write, from memory."""
        before = len(server.accepted_at())
        with self.notifications() as world:
            mail_is_due(world, mails)
            messages = self.folder / "messages.jsonl"
            messages.write_text("\n".join(_written(world, mails)))
        subprocess.run(
            [sys.executable, PEERS / "plain_smtplib.py"],
            check=True,
            timeout=LONGEST,
            env={
                "PATH": os.environ["PATH"],
                "PEER_MESSAGES": str(messages),
                "PEER_PORT": str(server.port),
                "PEER_SENDER": "beraad@beraad.test",
            },
        )
        return _rate(server.accepted_at()[before:], mails)


def mail_is_due(world: World, mails: int) -> dict[UUID, str]:
    """That many deliveries are queued, in one transaction."""
    group = world.group("Assembly", kind="assembly")
    people = many_people(world, group, mails)
    happens(world, KIND, group_id=group)
    MailRoom(world).spreads()
    return people


def _written(world: World, mails: int) -> list[str]:
    composer = Composer(world.settings)
    lines: list[str] = []
    try:
        with transaction(world.store, WORKER) as work:
            for letter in work.deliveries.claim(mails, real_now()):
                recipient, content = composer.compose(letter)
                lines.append(json.dumps({"to": recipient, "content": content.decode()}))
            raise _Undone
    except _Undone:
        return lines


def _rate(accepted_at: list[float], mails: int) -> float:
    """From the first to the last, by the mail server's clock."""
    if len(accepted_at) != mails:
        raise MeasurementFailed(f"{len(accepted_at)} mails were accepted, not {mails}")
    return (mails - 1) / (max(accepted_at) - min(accepted_at))


def _beraad() -> str:
    return str(Path(sys.executable).with_name("beraad"))
