"""A world's service as it is served: by gunicorn in a process of its own, over its database, on a port of its own."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers.processes import Guarded, accepts_connections, free_port, wait_until
from system.running_system import BERAAD, clean_environment
from worlds.callers import Caller
from worlds.world import World

WITHIN = 30


@dataclass(frozen=True)
class Served:
    """`send` says no more than it is told to, and reads all that is answered."""

    port: int

    def send(self, caller: Caller, path: str, body: bytes, **headers: object) -> bytes:
        """A POST; `content_length=…` may announce more than comes, after which there is silence."""
        told = {"host": "here", "connection": "close", "authorization": caller.authorization, **headers}
        lines = [f"POST {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {told[name]}" for name in told)]
        with socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


@contextmanager
def served(world: World, folder: Path) -> Iterator[Served]:
    name, port = world.service.name, free_port()
    environment = clean_environment(
        BERAAD_ENVIRONMENT="development",
        BERAAD_RUN_DIR=str(folder),
        **{f"BERAAD_{name.upper()}_DATABASE_URL": world.settings.database_url},
    )
    command = [BERAAD, "web", name, "--bind", f"127.0.0.1:{port}"]
    process = Guarded(command, env=environment, log=folder / "served")
    try:
        assert wait_until(lambda: accepts_connections(port), within=WITHIN), process.tail()
        yield Served(port)
    finally:
        process.end(signal.SIGTERM, within=WITHIN)
