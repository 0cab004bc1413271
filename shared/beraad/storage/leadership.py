"""One active, the others standing by: relay and consumer of a service.

PostgreSQL: a session advisory lock on a connection of its own, freed by the server the moment the holder
dies. SQLite: an exclusive `flock` on a file beside the database, freed by the kernel the same way.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from hashlib import sha256
from typing import IO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError


class Leadership:
    """A role only one process holds at a time. `held()` tries, and re-checks that it still is so."""

    def __init__(self, engine: Engine, name: str) -> None:
        """`name` distinguishes the roles within one database ("relay", "consumer")."""
        self._engine = engine
        self._name = name
        self._connection: Connection | None = None
        self._file: IO[str] | None = None

    def held(self) -> bool:
        """True while this process leads. Never waits; a lost connection means the lead is lost."""
        if self._engine.dialect.name == "sqlite":
            return self._held_by_file()
        return self._held_by_advisory_lock()

    def release(self) -> None:
        """Step down, so that a standby takes over at once."""
        if self._connection is not None:
            if not self._connection.invalidated:
                with suppress(DBAPIError):  # the server notices the end of a connection only in its time
                    self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _held_by_file(self) -> bool:
        if self._file is not None:
            return True
        path = f"{self._engine.url.database}.{self._name}.lock"
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def _held_by_advisory_lock(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            return self._try_advisory_lock()
        except DBAPIError:
            self.release()
            return False

    def _try_advisory_lock(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        key = int.from_bytes(sha256(self._name.encode()).digest()[:8], "big", signed=True)
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False
