"""`python -m benchmarks.response.load PLAN`: keep-alive clients in a process of their own, one request at a time each.

Requests are written beforehand, byte for byte, and sockets are polled: a request costs the driver a few dozen
microseconds, and it tells how many, so that nobody need wonder whether it was what limited them.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.response.cpu import seconds_of
from benchmarks.rounds import percentile

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
END = b"\r\n\r\n"
LONGEST = 30.0
NOT_MODIFIED = 304


class Refused(Exception):
    """An answer was not the one expected: the figure would be void."""


@dataclass
class Client:
    """A connection and the requests it sends, over and over, each when the one before was answered."""

    connection: socket.socket
    requests: list[bytes]
    received: bytes = b""
    sent: int = 0
    sent_at: float = 0.0

    def __post_init__(self) -> None:
        """Each goes through its own requests."""
        self._next = cycle(self.requests)

    def send(self) -> None:
        """The next request; it fits in the socket's buffer."""
        self.sent += 1
        self.sent_at = time.perf_counter()
        self.connection.sendall(next(self._next))

    def status(self) -> int | None:
        """Read what came: the status once the answer is whole."""
        came = self.connection.recv(262_144)
        if not came:
            raise Refused(f"the server hung up after {self.received[:500]!r}")
        self.received += came
        status, whole = read_answer(self.received)
        if not whole:
            return None
        if status >= 400:  # noqa: PLR2004 - a refusal is told with its reason
            raise Refused(self.received.decode(errors="replace"))
        self.received = b""
        return status


def read_answer(received: bytes) -> tuple[int, bool]:
    """The status, and whether the whole answer is there. Raises `Refused` where its end cannot be known."""
    head = received.find(END)
    if head < 0:
        return 0, False
    status = int(received[9:12])
    length = LENGTH.search(received, 0, head)
    if length is None and status != NOT_MODIFIED:
        raise Refused(f"no length in {received[:head]!r}")
    body = int(length[1]) if length and status != NOT_MODIFIED else 0
    return status, len(received) >= head + len(END) + body


@dataclass
class Load:
    """Clients that ask without pause."""

    clients: list[Client]
    expected: int
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """All are watched."""
        self._watched = selectors.DefaultSelector()
        for client in self.clients:
            self._watched.register(client.connection, selectors.EVENT_READ, client)

    def start(self) -> None:
        """One request of each is under way, from now on always."""
        for client in self.clients:
            client.send()

    def warm_up(self, seconds: float) -> None:
        """Ask that long, and until each request was sent: caches and connections of the server are filled."""
        moment = time.perf_counter() + seconds
        self._ask(
            lambda: time.perf_counter() < moment or any(c.sent <= len(c.requests) for c in self.clients)
        )
        self.waits.clear()

    def until(self, moment: float) -> None:
        """Ask until then."""
        self._ask(lambda: time.perf_counter() < moment)

    def _ask(self, more: Callable[[], bool]) -> None:
        while more():
            ready = self._watched.select(LONGEST)
            if not ready:
                raise Refused(f"no answer for {LONGEST:.0f} s")
            for key, _ in ready:
                self._answered(key.data)

    def _answered(self, client: Client) -> None:
        status = client.status()
        if status is None:
            return
        if status != self.expected:
            raise Refused(f"answered {status}, expected {self.expected}")
        self.waits.append(time.perf_counter() - client.sent_at)
        client.send()


def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Warm up, then count answers, waits and processor time between two moments."""
    load = Load([_client(plan["port"], requests) for requests in plan["clients"]], plan["expected"])
    load.start()
    load.warm_up(plan["warm_seconds"])
    before, own, began = seconds_of(plan["families"]), time.process_time(), time.perf_counter()
    load.until(began + plan["seconds"])
    ended, own, after = time.perf_counter(), time.process_time() - own, seconds_of(plan["families"])
    return {
        "answered": len(load.waits),
        "seconds": ended - began,
        "p50_ms": percentile(load.waits, 0.5) * 1000,
        "p99_ms": percentile(load.waits, 0.99) * 1000,
        "cpu": {name: after[name] - before[name] for name in after},
        "driver": own,
    }


def _client(port: int, requests: list[str]) -> Client:
    connection = socket.create_connection(("127.0.0.1", port), timeout=LONGEST)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Client(connection, [request.encode() for request in requests])


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(Path(sys.argv[1]).read_text()))))
