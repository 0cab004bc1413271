"""Where it is measured: a private PostgreSQL, the product's web processes as an operator starts them, and the peers'.

Each has a database of its own, copied from one. Of the product nothing is changed or left out: authentication,
validation, rate limits, metrics and logs are on, and every setting has its default.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString, Self
from uuid import UUID

import psycopg
from joserfc.jwk import ECKey

from benchmarks.report import PEER_PYTHON
from benchmarks.response.seed import Seeded, plain, seed
from servers.postgres import PrivatePostgres
from servers.processes import free_port, wait_until
from worlds.keys import a_token, public_half, signing_key

HERE = Path(__file__).parent
PEERS = HERE / "peers"
WORKERS, THREADS, CLIENTS = 2, 4, 16
OURS = "beraad"
FASTAPI, SAME_SQL, DJANGO = "fastapi", "fastapi, same sql", "django"
LOOP, LOOPS = "psycopg loop", "16 psycopg loops"
ANSWER: LiteralString = """round_id uuid NOT NULL REFERENCES rounds, person_id uuid NOT NULL, version integer NOT NULL,
    answer varchar(30) NOT NULL, concern text, given_at timestamptz NOT NULL"""
PEERS_TABLES: tuple[LiteralString, ...] = (
    "DROP TABLE responses",
    f"CREATE TABLE responses ({ANSWER}, PRIMARY KEY (round_id, person_id))",
    f"CREATE TABLE response_history (row_id bigserial PRIMARY KEY, {ANSWER.replace('REFERENCES rounds, ', ', ', 1)})",
    "CREATE INDEX ON response_history (round_id, person_id)",
)
LONGEST = 120.0
SERVICE = "deliberation"


class MeasurementFailed(Exception):
    """A figure could not be taken honestly: nothing is written."""


@dataclass(frozen=True)
class Measured:
    """One participant in one round. Processor time is in microseconds per answer."""

    rate: float
    """Answers per second."""
    cpu: float = 0
    """Application and PostgreSQL together; 0 where only the rate was measured."""
    application: float = 0
    """The application's part of it."""
    p99: float = 0
    """Milliseconds."""
    driver: float = 0
    """What asking took, in a process of its own."""

    def __str__(self) -> str:
        """As a line of progress."""
        if not self.cpu:
            return f"{self.rate:,.0f}/s"
        parts = f"application {self.application:,.0f}, PostgreSQL {self.cpu - self.application:,.0f}"
        return (
            f"{self.rate:,.0f}/s, CPU {self.cpu:,.0f} µs ({parts}; driver {self.driver:,.0f}), "
            f"p99 {self.p99:.1f} ms"
        )


class Stage:
    """Use it as a context manager; everything is gone in the end."""

    def __init__(self, seconds: float, warm_seconds: float) -> None:
        """How long each is measured, after how much warming up."""
        self.seconds, self.warm_seconds = seconds, warm_seconds
        self._ports: dict[str, int] = {}
        self._processes: dict[str, int] = {}
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        with ExitStack() as building:
            self.postgres = building.enter_context(PrivatePostgres(fsync=True))
            self.folder = Path(building.enter_context(tempfile.TemporaryDirectory(prefix="beraad-bench-")))
            os.environ |= {"TMPDIR": str(self.folder), "BERAAD_ENVIRONMENT": "development"}
            self.seeded = self._seeded()
            building.callback(self.stop)
            self._stack = building.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def servers(self) -> str:
        """What it is measured with, in words."""
        row = self.execute(OURS, "SHOW server_version")[0]
        return f"PostgreSQL {str(row[0]).split()[0]}"

    # -- databases --------------------------------------------------------------------------------------------

    def database(self, name: str) -> str:
        """The address of that participant's database."""
        return self.postgres.url(_database(name))

    @contextmanager
    def connection(self, name: str) -> Iterator[psycopg.Connection]:
        """To that participant's database; each statement is a transaction."""
        with psycopg.connect(plain(self.database(name)), autocommit=True, connect_timeout=5) as connection:
            yield connection

    def execute(
        self, name: str, statement: LiteralString, values: dict[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """One statement in that participant's database."""
        with self.connection(name) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def rest(self, name: str) -> None:
        """What earlier measurements left to do is done before the next one counts."""
        self.execute(name, "VACUUM ANALYZE")
        self.execute(name, "CHECKPOINT")

    def _seeded(self) -> Seeded:
        url = self.postgres.create_database(_database(OURS))
        os.environ["BERAAD_DELIBERATION_DATABASE_URL"] = url
        subprocess.run([_beraad(), "migrate", SERVICE], check=True, capture_output=True, timeout=LONGEST)
        seeded = seed(url)
        self.execute(OURS, "VACUUM ANALYZE")
        for peer in (FASTAPI, SAME_SQL, DJANGO, LOOP):
            self.postgres.create_database(_database(peer), template=_database(OURS))
            if peer != SAME_SQL:
                self._as_a_peer_would_keep_them(peer)
        return seeded

    def _as_a_peer_would_keep_them(self, peer: str) -> None:
        """Of answers a peer keeps what it would have thought of: the one that counts, and those before it; no columns of ours."""
        for statement in PEERS_TABLES:
            self.execute(peer, statement)

    # -- processes --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """All web processes, which then wait until they are asked."""
        port = free_port()
        workers = ["--workers", str(WORKERS)]
        self._start(OURS, port, [_beraad(), "web", SERVICE, "--bind", f"127.0.0.1:{port}", *workers])
        for name, module in ((FASTAPI, "fastapi_orm"), (SAME_SQL, "fastapi_same_sql")):
            port = free_port()
            self._start(
                name,
                port,
                [
                    *[_peer_program("uvicorn"), f"{module}:app", "--app-dir", str(PEERS)],
                    *["--port", str(port), "--no-access-log", *workers],
                ],
            )
        port = free_port()
        threads = ["--threads", str(THREADS)]
        command = [
            _peer_program("gunicorn"),
            "django_drf:application",
            "--chdir",
            str(PEERS),
            *threads,
            *workers,
        ]
        self._start(DJANGO, port, [*command, "--bind", f"127.0.0.1:{port}"])

    def stop(self) -> None:
        """End them all in order."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        self._running.clear()

    def _start(self, name: str, port: int, command: Sequence[str]) -> None:
        own = self.folder / _database(name)
        own.mkdir()
        environment = {**os.environ, **self._peer_variables(name), "BERAAD_RUN_DIR": str(own)}
        with (own / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self._running.append(process)
        self._ports[name], self._processes[name] = port, process.pid
        if not wait_until(lambda: _answers(port), within=LONGEST):
            raise MeasurementFailed(f"{name} does not start\n{(own / 'log').read_text()}")

    def _peer_variables(self, name: str) -> dict[str, str]:
        """What a peer is told of its surroundings."""
        key = ECKey.import_key(public_half(signing_key())).as_pem(private=False)
        return {
            "PEER_DATABASE": plain(self.database(name)),
            "PEER_PUBLIC_KEY": key.decode(),
            "PEER_SQL": json.dumps(self.seeded.our_sql, default=str),
        }

    # -- asking -----------------------------------------------------------------------------------------------

    def responses(self, name: str) -> Measured:
        """Everybody answers the round, over and over, on 16 connections."""
        return self.ask(name, self._answering(), 200)

    def ask(self, name: str, clients: list[list[str]], expected: int) -> Measured:
        """Each client sends its requests over and over on a connection of its own."""
        self.rest(name)
        plan = {
            "port": self._ports[name],
            "clients": clients,
            "expected": expected,
            "seconds": self.seconds,
            "warm_seconds": self.warm_seconds,
            "families": {"application": self._processes[name], "postgresql": self.postgres.pid},
        }
        told = json.loads(self._drive(plan))
        each = 1e6 / told["answered"]
        return Measured(
            rate=told["answered"] / told["seconds"],
            cpu=sum(told["cpu"].values()) * each,
            application=told["cpu"]["application"] * each,
            p99=told["p99_ms"],
            driver=told["driver"] * each,
        )

    def _drive(self, plan: dict[str, Any]) -> str:
        file = self.folder / "plan.json"
        file.write_text(json.dumps(plan))
        command = [sys.executable, "-m", "benchmarks.response.load", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        if done.returncode:
            raise MeasurementFailed(done.stderr)
        return done.stdout

    def call(self, method: str, path: str, person_id: UUID, **headers: str) -> tuple[dict[str, str], Any]:
        """One request to the product, answered with success: its headers and body."""
        connection = HTTPConnection("127.0.0.1", self._ports[OURS], timeout=60)
        try:
            identified = {"Authorization": f"Bearer {a_token(person_id)}", "Content-Type": "application/json"}
            body = json.dumps({"reason": "measured"}) if method == "POST" else None
            connection.request(method, path, body, {**identified, **headers})
            answer = connection.getresponse()
            told = answer.read()
        finally:
            connection.close()
        if answer.status != 200:  # noqa: PLR2004 - nothing else is success here
            raise MeasurementFailed(told.decode())
        return dict(answer.getheaders()), json.loads(told)

    def loop(self) -> Measured:
        """Responses per second from the three plain statements, one after the other on one connection, without HTTP."""
        return self._loops(1, processes=1)

    def loops(self) -> Measured:
        """The same on as many connections as there are clients, in as many processes as others have."""
        return self._loops(CLIENTS, processes=WORKERS)

    def _loops(self, count: int, *, processes: int) -> Measured:
        self.rest(LOOP)
        given = {"round": str(self.seeded.round_id), "people": [str(one) for one in self.seeded.electors]}
        times = {"seconds": self.seconds, "warm_seconds": self.warm_seconds}
        plan = {**given, **times, "processes": processes, "clients": count}
        return Measured(self._peer("psycopg_loop", LOOP, plan))

    def _peer(self, script: str, name: str, plan: dict[str, Any]) -> float:
        """Run it; what it counted per second."""
        done = subprocess.run(
            [PEER_PYTHON, PEERS / f"{script}.py", json.dumps(plan)],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
            env={"PATH": os.environ["PATH"], **self._peer_variables(name)},
        )
        if done.returncode:
            raise MeasurementFailed(f"{script}\n{done.stderr}")
        return float(json.loads(done.stdout)["per_second"])

    def _answering(self) -> list[list[str]]:
        path = f"/v1/rounds/{self.seeded.round_id}/responses/me"
        everyone = self.seeded.electors
        clients = []
        for number in range(CLIENTS):
            tokens = [a_token(person) for person in everyone[number::CLIENTS]]
            answers = ("consent", "abstain")
            clients.append([_put(path, token, answer) for answer in answers for token in tokens])
        return clients


def get(path: str, token: str, more: str = "") -> str:
    """A request as it goes over the wire; `more` are further headers, each with its line end."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: beraad.test\r\nAuthorization: Bearer {token}\r\n"
        f"Accept: application/json\r\n{more}\r\n"
    )


def _put(path: str, token: str, answer: str) -> str:
    body = json.dumps({"round_number": 1, "version": 1, "answer": answer, "concern": None})
    return (
        f"PUT {path} HTTP/1.1\r\nHost: beraad.test\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def _answers(port: int) -> bool:
    """Whether it serves, whatever it says; a port is open long before."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/v1/proposals")
        return connection.getresponse().status > 0
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _database(name: str) -> str:
    return "bench_" + name.replace(", ", "_").replace(" ", "_")


def _beraad() -> str:
    return str(Path(sys.executable).with_name("beraad"))


def _peer_program(program: str) -> str:
    return str(PEER_PYTHON.with_name(program))
