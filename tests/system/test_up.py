"""`beraad up` as a person meets it: started, killed, stopped, started again."""

import os
import re
import resource
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from servers.postgres import PrivatePostgres
from servers.processes import free_port, wait_until
from servers.rabbitmq import PrivateRabbitMQ
from servers.smtp import SmtpSink
from servers.with_servers import surroundings
from system.running_system import BERAAD, RunningSystem, clean_environment


@pytest.fixture(scope="module")
def shared_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """For tests that leave it running."""
    system = RunningSystem(tmp_path_factory.mktemp("up"))
    system.start()
    yield system
    system.stop()


@pytest.fixture
def system(tmp_path: Path) -> Iterator[RunningSystem]:
    """For tests that kill or stop it."""
    system = RunningSystem(tmp_path)
    system.start()
    yield system
    system.stop()


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def gone(pids: list[int], within: float) -> bool:
    return wait_until(lambda: not any(map(alive, pids)), within=within)


def register(system: RunningSystem, token: str, name: str) -> None:
    person = {"name": name, "email": f"{name}@example.org"}
    answer = system.post(
        "/membership/v1/people", person, Authorization=f"Bearer {token}", **{"Idempotency-Key": name}
    )
    assert answer.status == 201, answer.text


def published(system: RunningSystem) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = system.get("/events/recent").json["events"]
    return events


def registered(system: RunningSystem) -> list[str]:
    return [e["data"]["name"] for e in published(system) if e["type"] == "membership.person.registered.v1"]


def test_the_banner_says_where_to_begin_and_what_is_kept(shared_system: RunningSystem) -> None:
    banner = shared_system.output()
    assert "Beraad is ready in" in banner
    for told in (
        shared_system.address,
        f"{shared_system.address}/inbox",
        str(shared_system.data),
        "docker compose",
    ):
        assert told in banner
    assert re.search(r"Administrator .*sign in", banner)


def test_it_is_ready_soon_and_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In work and not by the clock, and beside what it takes to load the libraries once: machines differ, and other tests use
    this one at the same time. Counting lines would be work too.
    """
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    loading = work_of([sys.executable, "-c", "import flask, kombu, marshmallow, pika, sqlalchemy.orm"])
    system = RunningSystem(tmp_path)
    system.start()
    try:
        assert system.work_to_ready < 6 * loading
        assert system.megabytes() < 600
    finally:
        system.stop()


def work_of(command: list[str]) -> float:
    """The CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_start_page_shows_what_runs_and_links_the_docs(shared_system: RunningSystem) -> None:
    page = shared_system.get("/").text
    for name in shared_system.processes():
        assert f'data-process="{name}"' in page
    docs = re.findall(r'href="(/\w+/docs)"', page)
    assert "/membership/docs" in docs
    for link in (*docs, "/inbox", "/events", "/assets/start.js", "/assets/events.js", "/assets/front.css"):
        assert shared_system.get(link).status == 200, link


def test_an_unmounted_path_is_answered_with_a_problem(shared_system: RunningSystem) -> None:
    for path in (
        "/nowhere",
        "/membership/nowhere",
        "/membershipx",
        "/inbox/999999",
        "/inbox/messages?after=x",
    ):
        answer = shared_system.get(path)
        assert answer.status in {404, 422}
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["code"] in {"NotFound", "InvalidRequest"}


def test_what_never_reaches_an_application_is_answered_with_a_problem(shared_system: RunningSystem) -> None:
    too_long = shared_system.get("/membership/v1/people?cursor=" + "x" * 5000)
    too_large = shared_system.get("/membership/v1/people", **{"X-Large": "x" * 9000})
    for answer, status, code in ((too_long, 414, "AddressTooLong"), (too_large, 431, "HeadersTooLarge")):
        assert (answer.status, answer.json["code"]) == (status, code)
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_another_sites_name_for_this_machine_is_refused(shared_system: RunningSystem) -> None:
    assert shared_system.get("/inbox", Host="attacker.example").status == 400


def test_a_folder_in_which_nothing_can_be_kept_is_told_in_one_line() -> None:
    command = [BERAAD, "up", "--port", str(free_port()), "--data", "/proc/nowhere"]
    told = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, timeout=30, check=False
    )
    assert told.returncode == 1
    assert told.stderr.startswith("Error: nothing can be kept in /proc/nowhere")
    assert len(told.stderr.splitlines()) == 1


def test_the_live_view_answers_304_while_nothing_happens(shared_system: RunningSystem) -> None:
    for _ in range(20):  # the first mails may still be on their way
        first = shared_system.get("/events/recent")
        again = shared_system.get("/events/recent", **{"If-None-Match": first.headers["ETag"]})
        if again.status != 200:
            break
        time.sleep(0.5)
    assert (first.status, again.status, again.body) == (200, 304, b"")


def test_a_taken_port_is_named_before_anything_starts(shared_system: RunningSystem, tmp_path: Path) -> None:
    command = [BERAAD, "up", "--port", str(shared_system.port), "--data", str(tmp_path / "data")]
    second = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, timeout=10, check=False
    )
    assert second.returncode == 1
    assert f"port {shared_system.port} on 127.0.0.1 is taken" in second.stderr
    assert not (tmp_path / "data").exists()


def test_a_data_folder_in_use_is_refused(shared_system: RunningSystem) -> None:
    command = [BERAAD, "up", "--port", str(free_port()), "--data", str(shared_system.data)]
    second = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, timeout=10, check=False
    )
    assert second.returncode == 1
    assert "another `beraad up` runs on" in second.stderr


def test_secrets_and_data_are_for_the_owner_alone(shared_system: RunningSystem) -> None:
    assert (shared_system.data / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert shared_system.data.stat().st_mode & 0o777 == 0o700


def test_killed_workers_are_restarted_and_nothing_is_lost(system: RunningSystem) -> None:
    token = system.administrator()
    before = system.processes()["membership-worker"]["pid"]
    names = [f"person{number}" for number in range(12)]
    for number, name in enumerate(names):
        if number == 4:
            os.kill(before, signal.SIGKILL)
        register(system, token, name)
    assert wait_until(lambda: set(names) <= set(registered(system)), within=10)
    assert len(registered(system)) == len(set(registered(system)))
    positions = sorted(e["position"] for e in published(system) if e["type"].startswith("membership."))
    assert positions == list(range(1, len(positions) + 1))
    now = system.processes()["membership-worker"]
    assert (now["pid"] != before, now["restarts"]) == (True, 1)
    assert "process_died" in system.output()
    assert wait_until(system.ready, within=5)


def test_a_worker_that_keeps_dying_is_given_up_and_seen(system: RunningSystem) -> None:
    def dead() -> bool:
        worker = system.processes()["membership-worker"]
        if worker["pid"]:
            os.kill(worker["pid"], signal.SIGKILL)
        return bool(worker["state"] == "given up")

    assert wait_until(dead, within=30, every=0.2)
    readiness = system.get("/readyz")
    assert readiness.status == 503
    assert "membership-worker: given up" in readiness.json["reasons"]
    assert system.get("/membership/livez").status == 200


def test_a_killed_web_process_comes_back_on_the_same_port(system: RunningSystem) -> None:
    before = system.processes()["web"]["pid"]
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: system.ready() and system.processes()["web"]["pid"] != before, within=60)
    assert system.get("/livez").status == 200


def test_killing_the_parent_leaves_no_child_and_a_restart_keeps_the_data(system: RunningSystem) -> None:
    register(system, system.administrator(), "anna")
    family = system.family()
    assert len(family) >= 4
    os.kill(system.process.pid, signal.SIGKILL)
    assert gone(family, within=2)
    system.stop()
    system.start()
    assert wait_until(lambda: "anna" in registered(system), within=5)
    assert system.output().count("sign in (once") == 1


def test_ctrl_c_and_sigterm_stop_everything_cleanly(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        system = RunningSystem(tmp_path)
        system.start()
        family = system.family()
        os.kill(system.process.pid, number)
        stopped = wait_until(lambda: not system.process.running(), within=30)  # noqa: B023 - this one's
        assert stopped, system.output()
        assert gone(family, within=2)
        assert "process_killed" not in system.output()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", system.port)) != 0
        system.stop()


def test_a_mail_is_on_the_disk_before_it_is_accepted(tmp_path: Path) -> None:
    system = RunningSystem(tmp_path)
    system.start()
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Uitnodiging é", "beraad@localhost", "anna@example.org"
    mail["X-Beraad-Kind"] = "invitation"
    mail.set_content("Kom je?")
    mail.add_alternative("<p>Kom je?<script>alert(1)</script></p>", subtype="html")
    port = int(next(iter(re.findall(r"smtp 127.0.0.1:(\d+)", system.output()))))
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.send_message(mail)
    os.kill(system.process.pid, signal.SIGKILL)
    system.stop()
    system.start()
    (kept,) = system.get("/inbox/messages?to=Anna@example.org&kind=invitation").json["messages"]
    assert (kept["subject"], kept["text"].strip()) == ("Uitnodiging é", "Kom je?")
    number = kept["id"]
    after = f"/inbox/messages?to=anna@example.org&after={number}"
    assert system.get(after).json == {"messages": []}
    assert system.get("/inbox/count?to=bram@example.org").json == {"count": 0, "last": 0}
    assert "Uitnodiging é" in system.get("/inbox").text
    assert "sandbox" in system.get(f"/inbox/{number}").text
    assert system.get(f"/inbox/{number}/html").headers["Content-Security-Policy"].startswith("sandbox")
    system.stop()


def test_servers_take_the_place_of_what_is_embedded(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    system = RunningSystem(
        tmp_path, {**surroundings(postgres, rabbitmq, "up"), "BERAAD_SMTP_URL": smtp_sink.url}
    )
    system.start()
    try:
        system.post("/membership/v1/auth/sign-in-links", {"email": "administrator@localhost"})
        assert wait_until(lambda: len(smtp_sink.to("administrator@localhost")) >= 2, within=30)
        assert system.get("/inbox").status == 404
        assert "mail" not in system.processes()
        assert not list(system.data.glob("*.sqlite"))
    finally:
        system.stop()
