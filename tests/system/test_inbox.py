"""`beraad inbox`: the mail sink and its pages alone, as docker compose runs them with the profile mail-dev."""

import json
import os
import signal
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from servers.processes import Guarded, accepts_connections, descendants, free_port, wait_until
from system.running_system import BERAAD, clean_environment


class Inbox:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.smtp_port = folder, free_port(), free_port()

    def start(self) -> None:
        command = [BERAAD, "inbox", "--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        self.process = Guarded(
            [*command, "--data", str(self.folder / "data")],
            env=clean_environment(BERAAD_PUBLIC_URL="http://beraad.test:8080"),
            log=self.folder / "output",
        )
        assert wait_until(lambda: self.status("/readyz") == 200, within=20), self.process.tail()

    def status(self, path: str, host: str = "127.0.0.1") -> int:
        try:
            with urlopen(
                Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": host}), timeout=5
            ) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except OSError:
            return 0

    def subjects(self) -> list[str]:
        with urlopen(f"http://127.0.0.1:{self.port}/inbox/messages", timeout=5) as answer:
            return [message["subject"] for message in json.load(answer)["messages"]]

    def send(self, subject: str) -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = subject, "beraad@localhost", "anna@example.org"
        mail.set_content("Kom je?")
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=5) as client:
            client.send_message(mail)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    server = Inbox(tmp_path)
    server.start()
    yield server
    server.process.end(signal.SIGTERM, within=12)


def test_what_was_taken_survives_a_kill_and_is_shown(inbox: Inbox) -> None:
    inbox.send("Uitnodiging")
    os.kill(inbox.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not accepts_connections(inbox.smtp_port), within=5)
    inbox.process.kill()
    inbox.start()
    inbox.send("Herinnering")
    assert inbox.subjects() == ["Uitnodiging", "Herinnering"]
    assert inbox.status("/inbox") == inbox.status("/assets/front.css") == 200


def test_commands_may_come_together(inbox: Inbox) -> None:
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=5) as client:
        client.ehlo()
        assert client.has_extn("pipelining")
        client.send("MAIL FROM:<beraad@localhost>\r\nRCPT TO:<anna@example.org>\r\nDATA\r\n")
        assert [client.getreply()[0] for _ in range(3)] == [250, 250, 354]
        client.send("Subject: In one go\r\n\r\nKom je?\r\n.\r\nRSET\r\n")
        assert [client.getreply()[0] for _ in range(2)] == [250, 250]
    assert inbox.subjects() == ["In one go"]


def test_it_answers_known_hosts_only(inbox: Inbox) -> None:
    assert inbox.status("/inbox", host="beraad.test:8080") == 200
    assert inbox.status("/inbox", host="evil.example") == 400


def test_it_stops_with_all_its_processes(inbox: Inbox) -> None:
    family = descendants(inbox.process.pid)
    assert len(family) >= 2
    os.kill(inbox.process.pid, signal.SIGTERM)
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), within=10)
