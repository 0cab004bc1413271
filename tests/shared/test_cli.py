import json
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from beraad.cli import COMMANDS, main
from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.messaging.envelope import Envelope
from beraad.messaging.outbox import number_batch, shared_since, stream_state
from beraad.messaging.parking import park
from beraad.messaging.topology import declare, depths
from beraad.secrets_file import NAMES
from beraad.storage.engine import open_engine
from beraad.storage.tables import cursors
from contracts.rig import on_channel
from servers.processes import free_port, wait_until
from system.running_system import BERAAD, clean_environment

pytestmark = pytest.mark.usefixtures("logs_as_before")


def beraad(*arguments: str, folder: Path, **variables: str) -> Result:
    """In this process, which has imported everything; for commands that end by themselves."""
    told: dict[str, str | None] = {name: None for name in os.environ if name.startswith("BERAAD_")}
    told |= {"BERAAD_ENVIRONMENT": "development", "BERAAD_RUN_DIR": str(folder), **variables}
    return CliRunner(env=told).invoke(main, arguments)


@pytest.fixture
def membership(tmp_path: Path) -> dict[str, str]:
    return {"BERAAD_MEMBERSHIP_DATABASE_URL": f"sqlite:///{tmp_path}/membership.sqlite"}


@pytest.fixture(scope="module")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    address = f"sqlite:///{folder}/membership.sqlite"
    assert (
        beraad("migrate", "membership", folder=folder, BERAAD_MEMBERSHIP_DATABASE_URL=address).exit_code == 0
    )
    return folder / "membership.sqlite"


@pytest.fixture
def migrated(membership: dict[str, str], migrated_once: Path, tmp_path: Path) -> dict[str, str]:
    shutil.copy(migrated_once, tmp_path)
    return membership


def test_help_is_quick_and_imports_no_framework(tmp_path: Path) -> None:
    told = subprocess.run(
        [BERAAD, "--help"],
        env=clean_environment(PYTHONPROFILEIMPORTTIME="1"),
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    assert all(name in told.stdout for name in COMMANDS)
    for heavy in ("flask", "sqlalchemy", "gunicorn", "kombu", "pika", "alembic"):
        assert f"| {heavy}\n" not in told.stderr.replace("|   ", "| ")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_every_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert "Usage:" in told.output


def test_migrating_twice_is_the_same_as_once_and_leaves_nothing_to_check(
    tmp_path: Path, membership: dict[str, str]
) -> None:
    pending = beraad("migrate", "membership", "--check", folder=tmp_path, **membership)
    assert (pending.exit_code, "pending" in pending.stdout) == (1, True)

    first = beraad("migrate", "membership", folder=tmp_path, **membership)
    second = beraad("migrate", "membership", folder=tmp_path, **membership)

    assert first.exit_code == second.exit_code == 0, first.stderr + second.stderr
    assert "sign in" in first.stdout
    complete = beraad("migrate", "membership", "--check", folder=tmp_path, **membership)
    assert (complete.exit_code, complete.stdout) == (0, "membership: the migrations are complete\n")


def test_an_unknown_service_and_a_wrong_setting_are_told_in_one_line(tmp_path: Path) -> None:
    unknown = beraad("web", "nonsense", folder=tmp_path, BERAAD_NONSENSE_DATABASE_URL="sqlite://")
    assert unknown.exit_code == 2
    assert unknown.stderr.startswith("Error: no service named 'nonsense' is installed; there are: membership")
    unset = beraad("worker", "membership", folder=tmp_path)
    assert unset.stderr == "Error: BERAAD_MEMBERSHIP_DATABASE_URL is not set\n"
    both = beraad("bus", "lag", "nonsense", folder=tmp_path)
    assert both.stderr.startswith("Error: no service named 'nonsense'")


def test_web_serves_drains_and_stops(tmp_path: Path, migrated: dict[str, str]) -> None:
    port = free_port()
    environment = clean_environment(
        BERAAD_ENVIRONMENT="development", BERAAD_RUN_DIR=str(tmp_path), **migrated
    )
    command = [BERAAD, "web", "membership", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with subprocess.Popen(command, env=environment) as process:
        assert wait_until(lambda: status(port, "/readyz") == 200, within=15)
        assert "beraad_requests_total" in body(port, "/metrics")
        assert beraad("drain", "membership", folder=tmp_path).exit_code == 0
        assert status(port, "/readyz") == 503
        assert status(port, "/livez") == 200
        beraad("drain", "membership", "--undo", folder=tmp_path)
        assert status(port, "/readyz") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_worker_tells_how_it_fares_and_stops_on_sigterm(tmp_path: Path, migrated: dict[str, str]) -> None:
    unwell = beraad("worker", "membership", "--check", folder=tmp_path)
    assert unwell.stderr == "Error: the worker of membership is not well: it never told how it fares\n"
    port = free_port()
    environment = clean_environment(
        BERAAD_ENVIRONMENT="development",
        BERAAD_RUN_DIR=str(tmp_path),
        BERAAD_METRICS_PORT=str(port),
        **migrated,
    )
    with subprocess.Popen([BERAAD, "worker", "membership"], env=environment) as process:
        assert wait_until((tmp_path / "beraad-membership-worker.json").exists, within=60)
        assert beraad("worker", "membership", "--check", folder=tmp_path).exit_code == 0
        assert wait_until(
            lambda: 'beraad_outbox_backlog{service="membership"}' in body(port, "/metrics"), within=30
        )
        second = beraad("worker", "membership", folder=tmp_path, **migrated)
        assert second.exit_code == 1
        assert "one SQLite database takes one worker, use PostgreSQL for more" in second.stderr
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 10


def test_fresh_secrets_are_private_and_never_changed(tmp_path: Path) -> None:
    first = beraad(
        "init", "--env", f"{tmp_path}/secrets.env", "--folder", f"{tmp_path}/secrets", folder=tmp_path
    )
    assert first.exit_code == 0, first.stderr
    written = (tmp_path / "secrets.env").read_text()
    assert [line.split("=")[0] for line in written.splitlines()] == list(NAMES)
    for path in (tmp_path / "secrets.env", *(tmp_path / "secrets").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(len(path.read_text()) == 64 for path in (tmp_path / "secrets").iterdir())

    beraad("init", "--env", f"{tmp_path}/secrets.env", folder=tmp_path)
    assert (tmp_path / "secrets.env").read_text() == written


def test_the_bus_without_a_broker_and_without_parked_events(tmp_path: Path, migrated: dict[str, str]) -> None:
    assert (
        "the publishers' feeds are the transport"
        in beraad("bus", "check", "membership", folder=tmp_path, **migrated).stdout
    )
    assert (
        beraad("bus", "parked", "membership", folder=tmp_path, **migrated).stdout == "membership: 0 parked\n"
    )


@pytest.mark.parametrize("command", ["show", "replay", "drop"])
def test_a_word_mistyped_is_not_taken_for_nothing_parked(
    command: str, tmp_path: Path, migrated: dict[str, str]
) -> None:
    def parked(stream: str, *options: str) -> tuple[int, str]:
        told = beraad("bus", command, "membership", stream, "rounds/1", *options, folder=tmp_path, **migrated)
        return told.exit_code, told.stderr

    reason = ("--reason", "why") if command == "drop" else ()
    assert parked("deliberation", *reason) == (1, "Error: deliberation rounds/1: nothing is parked\n")
    for stream in ("delibration", "x" * 80):
        code, told = parked(stream, *reason)
        assert (code, "STREAM: membership reads deliberation" in told) == (2, True)
    engine = open_engine(migrated["BERAAD_MEMBERSHIP_DATABASE_URL"])
    with Session(engine) as session:
        assert session.execute(select(func.count()).select_from(cursors)).scalar() == 0
    engine.dispose()


def row(result: Result, word: str) -> str:
    """The first line with that word, its columns a space apart."""
    return next(" ".join(line.split()) for line in result.stdout.splitlines() if word in line)


def test_a_parked_event_is_listed_shown_and_stays_while_it_is_poison(
    tmp_path: Path, migrated: dict[str, str]
) -> None:
    engine = open_engine(migrated["BERAAD_MEMBERSHIP_DATABASE_URL"])
    poison = Envelope(
        id=new_id(),
        stream="deliberation",
        type="deliberation.round.exploded.v1",
        subject="rounds/1",
        time=real_now(),
        epoch=1,
        position=7,
        data={"revision": 1},
    )
    with Session(engine) as session:
        park(session, poison, "UnknownEvent: of no contract")
        session.commit()
    engine.dispose()

    def bus(*arguments: str) -> Result:
        return beraad("bus", *arguments, folder=tmp_path, **migrated)

    assert row(bus("parked", "membership"), "exploded") == (
        "deliberation 1:7 deliberation.round.exploded.v1 rounds/1 UnknownEvent: of no contract"
    )
    assert json.loads(bus("show", "membership", "deliberation", "rounds/1").stdout)["id"] == str(poison.id)
    replay = bus("replay", "membership", "deliberation", "rounds/1")
    assert replay.exit_code == 1
    assert "nothing was changed of deliberation rounds/1: Poison: " in replay.stderr
    assert "membership: 1 parked" in bus("parked", "membership").stdout
    (listed,) = bus("parked", "membership", "--json").stdout.splitlines()
    assert (json.loads(listed)["subject"], json.loads(listed)["position"]) == ("rounds/1", 7)
    everything = bus("replay", "membership", "--all")
    assert (everything.exit_code, "deliberation rounds/1: Poison" in everything.stderr) == (1, True)
    lag = bus("lag", "membership")
    assert lag.exit_code == 1, "behind"
    assert row(lag, "parked") == "stream epoch applied known parked state"
    assert row(lag, "are parked") == "deliberation 0 0 0 1 1 events of deliberation are parked"
    told = json.loads(bus("lag", "membership", "--json").stdout)
    assert (told["read"][0]["stream"], told["read"][0]["parked"]) == ("deliberation", 1)
    assert told["waiting"] > 0, "no relay has run yet"

    assert bus("drop", "membership", "deliberation", "rounds/1").exit_code == 2, "not without a reason"
    dropped = bus("drop", "membership", "deliberation", "rounds/1", "--reason", "it never happened")
    assert json.loads(dropped.stdout)["reason"] == "it never happened", "and no line of the log beside it"
    assert "dropped" in dropped.stderr
    assert json.loads(dropped.stdout)["event"]["id"] == str(poison.id)
    assert bus("parked", "membership").stdout == "membership: 0 parked\n"


@pytest.mark.parametrize("arguments", [(), ("deliberation",), ("deliberation", "rounds/1", "--all")])
def test_a_replay_is_of_one_aggregate_or_of_all(
    arguments: tuple[str, ...], tmp_path: Path, migrated: dict[str, str]
) -> None:
    refused = beraad("bus", "replay", "membership", *arguments, folder=tmp_path, **migrated)
    assert (refused.exit_code, "or --all" in refused.stderr) == (2, True)


def test_the_tail_of_a_log_is_shown_as_it_grows(tmp_path: Path, migrated: dict[str, str]) -> None:
    engine = open_engine(migrated["BERAAD_MEMBERSHIP_DATABASE_URL"])
    with Session(engine) as session:
        while number_batch(session):
            pass
        session.commit()
    engine.dispose()

    def tail(*arguments: str) -> list[str]:
        shown = beraad("bus", "tail", "membership", "--once", *arguments, folder=tmp_path, **migrated)
        assert shown.exit_code == 0, shown.output
        return shown.stdout.splitlines()

    everything = tail()
    assert any("membership.person.registered.v1  people/" in line for line in everything)
    assert not any("sign_in_link" in line for line in everything), "private"
    (registered,) = tail("--type", "membership.person.*", "--json")
    assert json.loads(registered)["data"]["name"] == "Administrator"
    assert tail("--subject", "groups/*") == []
    assert tail("--last", "0") == []
    assert len(tail("--last", "1")) == 1


def test_an_absent_database_is_told_in_one_line(tmp_path: Path) -> None:
    address = f"postgresql+psycopg://beraad@127.0.0.1:{free_port()}/membership"
    told = beraad("migrate", "membership", folder=tmp_path, BERAAD_MEMBERSHIP_DATABASE_URL=address)
    assert told.exit_code == 2
    assert told.stderr.startswith("Error: the database cannot be used: ")
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("bus", "lag"), ("bus", "parked"), ("bus", "tail"), ("rebuild",)])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_database_that_is_not_up_to_date_is_told_with_the_remedy(
    command: tuple[str, ...], engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    here = f"sqlite:///{tmp_path}/meetings.sqlite"
    url = here if engine == "sqlite" else request.getfixturevalue("postgres_url")
    absent = beraad(*command, "meetings", folder=tmp_path, BERAAD_MEETINGS_DATABASE_URL=here)
    assert (absent.exit_code, "there is no database" in absent.stderr) == (2, True)
    assert not (tmp_path / "meetings.sqlite").exists(), "who looks makes nothing"
    (tmp_path / "meetings.sqlite").touch()
    told = beraad(*command, "meetings", folder=tmp_path, BERAAD_MEETINGS_DATABASE_URL=url)
    assert told.stderr.strip() == "Error: the database is not up to date: run `beraad migrate meetings`"
    assert told.exit_code == 2


def test_with_the_broker_away_the_lag_is_told_as_far_as_it_can_be_seen(
    tmp_path: Path, migrated: dict[str, str]
) -> None:
    port = free_port()
    where = {**migrated, "BERAAD_BROKER_URL": f"amqp://guest:hidden@127.0.0.1:{port}/"}
    told = beraad("bus", "lag", "membership", folder=tmp_path, **where)
    assert (told.exit_code, "wait for their position" in told.stdout) == (1, True), "behind as well"
    assert f"membership: the broker does not answer: 127.0.0.1:{port}: AMQPConnectionError" in told.stdout
    found = json.loads(beraad("bus", "lag", "membership", "--json", folder=tmp_path, **where).stdout)
    assert (found["queues"], f"127.0.0.1:{port}" in found["broker"]) == ({}, True)
    assert "hidden" not in told.output + told.stderr
    checked = beraad("bus", "check", "membership", folder=tmp_path, **where)
    assert (checked.exit_code, f"does not answer: 127.0.0.1:{port}" in checked.stderr) == (2, True)


def test_the_bus_names_what_is_missing_on_the_broker(
    tmp_path: Path, membership: dict[str, str], amqp_url: str
) -> None:
    told = beraad("bus", "check", "membership", folder=tmp_path, BERAAD_BROKER_URL=amqp_url, **membership)
    assert told.exit_code == 1
    assert "membership: missing: beraad.events\n" in told.stdout
    more = beraad(
        "bus", "check", "membership", "--json", folder=tmp_path, BERAAD_BROKER_URL=amqp_url, **membership
    )
    assert "membership.events" in json.loads(more.stdout)["missing"]
    done = beraad("bus", "declare", folder=tmp_path, BERAAD_BROKER_URL=amqp_url)
    assert done.exit_code == 0
    told = beraad("bus", "check", "membership", folder=tmp_path, BERAAD_BROKER_URL=amqp_url, **membership)
    assert (told.exit_code, told.stdout) == (0, "membership: everything is there, as declared\n")


def test_what_could_not_be_read_is_shown_and_taken_away(
    tmp_path: Path, membership: dict[str, str], amqp_url: str
) -> None:
    where = {**membership, "BERAAD_BROKER_URL": amqp_url}
    missing = beraad("bus", "dead", "membership", folder=tmp_path, **where)
    assert (missing.exit_code, "no queue 'membership.dead'" in missing.stderr) == (2, True)
    declare(amqp_url, "membership", ["deliberation"])
    with on_channel(amqp_url) as channel:
        channel.confirm_delivery()
        channel.basic_publish("beraad.events", "deliberation.nonsense", b"\xff no event")
        method, _, _ = next(channel.consume("membership.events", inactivity_timeout=10))
        channel.basic_reject(method.delivery_tag, requeue=False)
    assert wait_until(
        lambda: depths(amqp_url, "membership", ["deliberation"])["membership.dead"] == 1, within=10
    )
    for options, told in (((), "membership: 1 there\n"), (("--take",), "membership: 1 taken\n")):
        shown = beraad("bus", "dead", "membership", *options, folder=tmp_path, **where)
        letter = json.loads(shown.stdout)
        assert (letter["reason"], letter["exchange"], letter["routing_key"], letter["body"]) == (
            "rejected",
            "beraad.events",
            "deliberation.nonsense",
            "\ufffd no event",
        )
        assert shown.stderr == told
    emptied = beraad("bus", "dead", "membership", folder=tmp_path, **where)
    assert (emptied.stdout, emptied.stderr) == ("", "membership: 0 there\n")
    feed = beraad("bus", "dead", "membership", folder=tmp_path, **membership)
    assert (feed.exit_code, "no broker is set" in feed.stderr) == (2, True)


def status(port: int, path: str) -> int:
    from urllib.error import HTTPError, URLError

    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            code: int = answer.status
            return code
    except HTTPError as error:
        error.close()
        return error.code
    except (URLError, OSError):
        return 0


def body(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        text: bytes = answer.read()
        return text.decode()


def test_what_a_service_keeps_is_rebuilt_of_those_it_keeps_something_of(
    tmp_path: Path, migrated: dict[str, str]
) -> None:
    nothing = beraad("rebuild", "membership", folder=tmp_path, **migrated)
    assert (nothing.exit_code, "keeps nothing" in nothing.stderr) == (0, True)
    refused = beraad("rebuild", "membership", "--from", "meetings", folder=tmp_path, **migrated)
    assert (refused.exit_code, "keeps nothing of meetings, but of: nobody" in refused.stderr) == (2, True)


def test_a_rebuild_without_the_publishers_feed_changes_nothing_and_says_so(tmp_path: Path) -> None:
    where = {
        "BERAAD_MEETINGS_DATABASE_URL": f"sqlite:///{tmp_path}/meetings.sqlite",
        "BERAAD_MEMBERSHIP_URL": f"http://127.0.0.1:{free_port()}",
    }
    assert beraad("migrate", "meetings", folder=tmp_path, **where).exit_code == 0
    refused = beraad("rebuild", "meetings", folder=tmp_path, **where)
    assert (refused.exit_code, "nothing was changed of membership: http" in refused.stderr) == (2, True)


def test_a_restored_service_begins_a_new_epoch(tmp_path: Path, migrated: dict[str, str]) -> None:
    engine = open_engine(migrated["BERAAD_MEMBERSHIP_DATABASE_URL"])
    with Session(engine) as session:
        count = number_batch(session)
        session.commit()
    refused = beraad("bus", "restored", "membership", "--shared", f"{count + 1}", folder=tmp_path, **migrated)
    assert (refused.exit_code, "has the positions 1 to" in refused.stderr) == (2, True)
    told = beraad("bus", "restored", "membership", folder=tmp_path, **migrated)
    with Session(engine) as session:
        state = stream_state(session, "membership")
        assert shared_since(session, "membership", 1) == state.position
        assert stream_state(session, "membership.private").epoch == state.epoch > 1
    engine.dispose()
    assert told.stdout.startswith(f"membership: epoch {state.epoch} begins; up to {state.position} it is")


def test_a_folder_in_which_nothing_runs_is_told_in_one_line(tmp_path: Path) -> None:
    told = beraad("--of", str(tmp_path), "bus", "lag", "membership", folder=tmp_path)
    assert (told.exit_code, "`beraad up` has not run on" in told.stderr) == (2, True)


def test_only_an_archive_of_ours_is_put_back(tmp_path: Path, migrated: dict[str, str]) -> None:
    (tmp_path / "file").write_bytes(b"no archive")
    refused = beraad("bus", "unarchive", "membership", f"{tmp_path}/file", folder=tmp_path, **migrated)
    assert (refused.exit_code, "nothing of it was put back: " in refused.stderr) == (1, True)
    (tmp_path / "file").write_bytes(b"")
    told = beraad("bus", "unarchive", "membership", f"{tmp_path}/file", folder=tmp_path, **migrated)
    assert told.stdout == "membership: file: 0 events are back in the log\n"
