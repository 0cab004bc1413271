"""The reference case end to end, on both stacks, with real parts: `beraad demo smart`."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from architecture.tree import ROOT
from beraad.run_folder import surroundings_file
from beraad.secrets_file import read_values
from beraad.storage.engine import open_engine
from servers.postgres import PrivatePostgres
from servers.processes import free_port
from servers.rabbitmq import PrivateRabbitMQ
from servers.with_servers import surroundings
from system.running_system import BERAAD, RunningSystem, clean_environment

ALIKE = [
    "groups",
    "seats",
    "assembly_electors",
    "meetings",
    "meetings_moved",
    "meetings_cancelled",
    "polls_booked",
    "minutes_approved",
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
NOTE = re.compile(r"^(\S+/groups/\S+)\n\d+\n\S+=\n\n\u2014 \S+ \S+$", re.MULTILINE)
"""A checkpoint within a mail."""
WITHIN = 600
"""Seconds; a deadline against hanging, not a measurement: machines of CI are shared."""


KEPT = {
    "meetings": ("membership", "deliberation"),
    "deliberation": ("membership", "meetings"),
    "notifications": ("membership", "meetings"),
}
"""Who keeps something of whom."""


def _play(system: RunningSystem) -> dict[str, Any]:
    report = system.folder / "report.json"
    pages = system.folder / "pages"
    command = [
        BERAAD,
        "demo",
        "smart",
        "--url",
        system.address,
        "--report",
        str(report),
        "--pages",
        str(pages),
    ]
    played = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert played.returncode == 0, f"{played.stdout[-6000:]}\n{played.stderr[-6000:]}"
    assert len(list(pages.glob("*.html"))) == 4
    draws = set(pages.glob("*-draw.json"))
    _assert_the_draws_were_fair(draws)
    _assert_the_records_hold(system, [kept for kept in pages.glob("*.json") if kept not in draws])
    figures: dict[str, Any] = json.loads(report.read_text())
    return figures


def _assert_the_draws_were_fair(draws: Iterable[Path]) -> None:
    """Two groups were drawn: what was published of it verifies, also with nothing but Python."""
    checked = [(BERAAD, "verify"), (sys.executable, "-I", str(ROOT / "docs/verify_draw.py"))]
    verified = [
        subprocess.run([*how, str(draw)], capture_output=True, text=True, timeout=60, check=False)
        for draw in draws
        for how in checked
    ]
    assert [told.returncode for told in verified] == [0] * 4, [told.stdout for told in verified]


def _assert_the_records_hold(system: RunningSystem, exports: list[Path]) -> None:
    """Each group's record verifies offline, against each checkpoint that came in a mail about an outcome of it."""
    checkpoints = _checkpoints_in_mails(system)
    assert len(exports) == 4
    for export in exports:
        origin = json.loads(export.read_text())["ledger"]["origin"]
        against = []
        for number, note in enumerate(sorted(checkpoints[origin])):
            kept = export.with_suffix(f".{number}.txt")
            kept.write_text(note)
            against += ["--against", str(kept)]
        assert against
        told = [BERAAD, "verify", str(export), *against, "--json"]
        verified = subprocess.run(told, capture_output=True, text=True, timeout=60, check=False)
        assert verified.returncode == 0, verified.stdout
        report = json.loads(verified.stdout)
        assert report["outcomes"] >= 1
        assert report["erased"] == 0


def _checkpoints_in_mails(system: RunningSystem) -> dict[str, set[str]]:
    """Origin → the signed notes, as they stand in the mails."""
    found: dict[str, set[str]] = {}
    for message in _mails(system, "round_closed"):
        for note in NOTE.finditer(message["text"].replace("\r\n", "\n")):
            found.setdefault(note[1], set()).add(note[0])
    return found


def _mails(system: RunningSystem, kind: str) -> Iterator[dict[str, Any]]:
    after = 0
    while page := system.get(f"/inbox/messages?kind={kind}&after={after}&limit=100").json["messages"]:
        yield from page
        after = max(message["id"] for message in page)


def _assert_the_case_holds(figures: dict[str, Any]) -> None:
    assert figures["groups"] == 4
    assert figures["seats"] == [12, 12, 12, 12]
    assert figures["assembly_electors"] == 300
    assert figures["meetings"] >= 20
    assert figures["visits"] >= 4
    assert figures["expert_guests"] >= 4
    assert figures["objections_integrated"] >= 4
    assert len([trail for trail in figures["trails"] if "resolved" in trail]) >= 4
    assert figures["approvals_returned"] == 1
    assert figures["approvals_granted"] >= 4
    assert figures["decisions_in_force"] >= 4
    assert figures["mails_expected"] == figures["mails_received"] > 1000
    assert figures["mail_differences"] == {}
    assert figures["mails_duplicated"] == 0
    assert figures["mails_in_another_language"] == 0
    assert figures["events_parked"] == 0


@pytest.mark.timeout(3 * WITHIN)
def test_the_smart_case_runs_alike_on_the_embedded_stack_and_on_servers(
    tmp_path: Path, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ
) -> None:
    with _running(tmp_path / "embedded") as system:
        embedded = _play(system)
        _assert_the_case_holds(embedded)
        _assert_all_that_is_kept_can_be_made_anew(system)
    assert (embedded["transport"], embedded["database"]) == ("feed", "sqlite")

    with _running(tmp_path / "servers", **surroundings(postgres, rabbitmq, "demo")) as system:
        served = _play(system)
        _assert_the_case_holds(served)
        _assert_all_that_is_kept_can_be_made_anew(system)
    assert (served["transport"], served["database"]) == ("rabbitmq", "postgresql")

    assert {name: embedded[name] for name in ALIKE} == {name: served[name] for name in ALIKE}


@contextmanager
def _running(folder: Path, **environment: str) -> Iterator[RunningSystem]:
    folder.mkdir()
    system = RunningSystem(folder, environment)
    system.start()
    try:
        yield system
    finally:
        system.stop()


def _assert_all_that_is_kept_can_be_made_anew(system: RunningSystem) -> None:
    """While everything runs: as the logs tell, lost, made anew, as it was, and nothing was done again."""
    done = _what_was_done(system)
    for service, publishers in KEPT.items():
        before = _rebuilt(system, service, "--check")
        assert [one["stream"] for one in before] == list(publishers)
        had = {table["table"]: table["before"] for one in before for table in one["tables"]}
        assert had["known_seats"] >= 48 + 300
        lost = [table for table in had if table.startswith("known_") and table != "known_revisions"]
        _lose(system, service, lost)
        made = {table["table"]: table for one in _rebuilt(system, service) for table in one["tables"]}
        for table in lost:
            assert (made[table]["before"], made[table]["after"]) == (0, had[table])
        _rebuilt(system, service, "--check")
    assert _what_was_done(system) == done


def _rebuilt(system: RunningSystem, service: str, *options: str) -> list[dict[str, Any]]:
    command = [BERAAD, "--of", str(system.data), "rebuild", service, "--json", *options]
    told = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, f"{told.stdout}\n{told.stderr}"
    return [json.loads(line) for line in told.stdout.splitlines()]


def _database(system: RunningSystem, service: str) -> Engine:
    told = read_values(surroundings_file(system.data))
    return open_engine(told[f"BERAAD_{service.upper()}_DATABASE_URL"])


def _lose(system: RunningSystem, service: str, tables: list[str]) -> None:
    engine = _database(system, service)
    with engine.begin() as connection:
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    engine.dispose()


def _what_was_done(system: RunningSystem) -> dict[str, int]:
    """Events published, mails queued, invitations: what must not grow when something is made anew."""
    counted = {}
    for service, tables in {
        "meetings": ("outbox", "invitations"),
        "deliberation": ("outbox",),
        "notifications": ("outbox", "notices", "deliveries"),
    }.items():
        engine = _database(system, service)
        with engine.connect() as connection:
            for table in tables:
                rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
                counted[f"{service} {table}"] = rows
        engine.dispose()
    return counted


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
