"""The script with which PostgreSQL makes a role and a database per service, on a real server."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from architecture.tree import ROOT
from deploy.composition import SERVICES
from servers.postgres import OWNER, PrivatePostgres
from servers.programs import postgresql_bin

SCRIPT = ROOT / "deploy/postgres/10-databases.sh"


def make_databases(server: PrivatePostgres, secrets: Path) -> None:
    environment = {
        "PATH": f"{postgresql_bin()}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "POSTGRES_USER": OWNER,
        "SECRETS_FOLDER": str(secrets),
    }
    done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def connect(server: PrivatePostgres, role: str, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1", port=server.port, user=role, dbname=database, autocommit=True, connect_timeout=5
    )


@pytest.fixture(scope="module")
def server(secrets: Path) -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as started:
        make_databases(started, secrets)
        yield started


@pytest.mark.parametrize("service", SERVICES)
def test_a_role_enters_its_own_database_only(server: PrivatePostgres, service: str) -> None:
    with connect(server, service, service) as connection:
        connection.execute("CREATE TABLE tested (id int)")
        connection.execute("DROP TABLE tested")
    for other in set(SERVICES) - {service}:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(server, service, other)


def test_a_role_may_make_neither_roles_nor_databases(server: PrivatePostgres) -> None:
    with connect(server, "meetings", "meetings") as connection:
        for statement in ("CREATE ROLE more", "CREATE DATABASE more"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_second_run_keeps_the_data_and_sets_the_password_anew(
    server: PrivatePostgres, secrets: Path, tmp_path: Path
) -> None:
    with connect(server, "meetings", "meetings") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    before = stored_password(server, "meetings")
    for path in secrets.glob("*_database_password"):
        (tmp_path / path.name).write_text(path.read_text() if "meetings" not in path.name else "changed")

    make_databases(server, tmp_path)

    with connect(server, "meetings", "meetings") as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert before.startswith("SCRAM-SHA-256$")
    assert stored_password(server, "meetings") != before


def stored_password(server: PrivatePostgres, role: str) -> str:
    with connect(server, OWNER, "postgres") as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [role]).fetchone()
    assert row
    return str(row[0])
