"""A PostgreSQL of our own: private port and folder, loopback only."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from servers.processes import Guarded, ServerFailed, free_port, unprivileged_user, wait_until
from servers.programs import postgresql_bin

OWNER = "beraad"
INITIALLY = ("-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")


class PrivatePostgres:
    """One server. `stop`, `kill` and `start` keep its data and port; `close` ends it and removes everything.

    `fsync=True` for fault tests and measurements: only then a flush costs what it costs in production. `settings`
    are added to ours.
    """

    def __init__(self, *, fsync: bool = False, settings: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="beraad-pg-"))
        self._fsync = fsync
        self._settings = settings or {}
        self._bin = postgresql_bin()
        self._user = unprivileged_user()
        self._process: Guarded | None = None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._initialize()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Returns when the server answers a query."""
        if self._process and self._process.running():
            return
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if self._fsync else "off",
            "synchronous_commit": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
            "max_connections": "200",
            "timezone": "UTC",
            **self._settings,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self._process = Guarded(
            [str(self._bin / "postgres"), "-D", str(self.folder / "data"), *options],
            env=self._environment(),
            log=self.folder / "log",
            user=self._user,
        )
        if not wait_until(lambda: self._answers() or not self.running(), within=60) or not self.running():
            log = self._process.tail()
            self._process.kill()
            raise ServerFailed(f"PostgreSQL did not start\n{log}")

    def stop(self, *, immediately: bool = False) -> None:
        """Close all connections and stop; `immediately` without a checkpoint, so that the next start recovers."""
        if self._process:
            self._process.end(signal.SIGQUIT if immediately else signal.SIGINT, within=30)

    def kill(self) -> None:
        """Kill -9 the server and all its processes."""
        if self._process:
            self._process.kill()

    def restart(self, *, immediately: bool = False) -> None:
        self.stop(immediately=immediately)
        self.start()

    def close(self) -> None:
        """Stop and remove the folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def running(self) -> bool:
        return self._process is not None and self._process.running()

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """An empty database, or a copy of `template` (which nobody may be connected to); answers its SQLAlchemy URL."""
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(
                sql.Identifier(name),
                sql.Identifier(template),
                sql.SQL("wal_log" if self._fsync else "file_copy"),
            )
        )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is connected."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=OWNER,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialize(self) -> None:
        done = subprocess.run(
            [str(self._bin / "initdb"), "-D", str(self.folder / "data"), *INITIALLY],
            env=self._environment(),
            cwd=self.folder,
            user=self._user,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise ServerFailed(f"initdb failed\n{done.stdout}\n{done.stderr}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)}
