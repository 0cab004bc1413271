"""The reference case end to end, on both stacks, with real parts: `beraad demo smart`."""

import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from servers.postgres import PrivatePostgres
from servers.processes import free_port
from servers.rabbitmq import PrivateRabbitMQ
from servers.with_servers import surroundings
from system.running_system import BERAAD, clean_environment

ALIKE = [
    "groups",
    "seats",
    "assembly_electors",
    "meetings",
    "visits",
    "expert_guests",
    "proposals",
    "amendments_accepted",
    "objections",
    "objections_integrated",
    "rounds",
    "approvals_granted",
    "approvals_returned",
    "decisions_in_force",
    "mails_expected",
    "mails_received",
    "mails_duplicated",
    "events_parked",
]
WITHIN = 600
"""Seconds; a deadline against hanging, not a measurement: machines of CI are shared."""


def _play(report: Path, **more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "beraad", "demo", "smart", "--report", str(report)]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("BERAAD_")}
    played = subprocess.run(
        command, env={**surroundings, **more}, capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert played.returncode == 0, f"{played.stdout[-6000:]}\n{played.stderr[-6000:]}"
    figures: dict[str, Any] = json.loads(report.read_text())
    return figures


def _assert_the_case_holds(figures: dict[str, Any]) -> None:
    assert figures["groups"] == 4
    assert figures["seats"] == [12, 12, 12, 12]
    assert figures["assembly_electors"] == 300
    assert figures["meetings"] >= 20
    assert figures["visits"] >= 4
    assert figures["expert_guests"] >= 4
    assert figures["objections_integrated"] >= 4
    assert figures["approvals_returned"] == 1
    assert figures["approvals_granted"] >= 4
    assert figures["decisions_in_force"] >= 4
    assert figures["mails_expected"] == figures["mails_received"] > 1000
    assert figures["mail_differences"] == {}
    assert figures["mails_duplicated"] == 0
    assert figures["events_parked"] == 0


@pytest.mark.timeout(3 * WITHIN)
def test_the_smart_case_runs_alike_on_the_embedded_stack_and_on_servers(
    tmp_path: Path, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ
) -> None:
    embedded = _play(tmp_path / "embedded.json")
    _assert_the_case_holds(embedded)
    assert (embedded["transport"], embedded["database"]) == ("feed", "sqlite")

    served = _play(tmp_path / "servers.json", **surroundings(postgres, rabbitmq, "demo"))
    _assert_the_case_holds(served)
    assert (served["transport"], served["database"]) == ("rabbitmq", "postgresql")

    assert {name: embedded[name] for name in ALIKE} == {name: served[name] for name in ALIKE}


def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [BERAAD, "demo", "smart", *arguments]
    return subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, timeout=60, check=False
    )


def test_an_address_where_nothing_is_is_told_in_words() -> None:
    told = asked("--url", f"http://127.0.0.1:{free_port()}")
    assert (told.returncode, "does not answer" in told.stderr, "Traceback" in told.stderr) == (1, True, False)


def test_an_address_of_another_program_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "messages").write_text("<p>not ours</p>")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = asked("--url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert (told.returncode, "not the address of Beraad" in told.stderr) == (1, True), told.stderr


def test_a_report_that_cannot_be_written_is_refused_before_the_play(tmp_path: Path) -> None:
    told = asked("--report", str(tmp_path / "nowhere" / "r.json"))
    assert (told.returncode, "does not exist" in told.stderr, told.stdout) == (2, True, "")
