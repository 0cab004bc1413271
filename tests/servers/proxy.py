"""A TCP proxy on loopback that a test freezes (nothing passes, nothing is told) or cuts (everything ends at once)."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

RESET = struct.pack("ii", 1, 0)
TICK = 0.1


class Proxy:
    """Passes bytes to `target_port` and back, unless it is frozen or cut."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._flowing = threading.Event()
        self._flowing.set()
        self._ending = threading.Event()
        self._whole = threading.Event()
        self._whole.set()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._left: int | None = None
        self.passed = 0
        """Connections so far."""

    def __enter__(self) -> Self:
        self._listener.settimeout(TICK)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._flowing.set()
        self._whole.set()
        self._accepting.join(5)
        self._listener.close()
        self._drop_all()

    def freeze(self, *, after: int | None = None) -> None:
        """From now on nothing passes; connections stay open and new ones are taken, without a word.

        With `after`, so many octets more of what the server says pass before.
        """
        if after is None:
            self._flowing.clear()
        self._left = after

    def cut(self) -> None:
        """End all connections with a reset; new ones are refused, until `mend`."""
        self._whole.clear()
        self._listener.close()
        self._drop_all()

    def mend(self) -> None:
        """Everything passes again; what was held while frozen goes on."""
        if not self._whole.is_set():
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._listener.settimeout(TICK)
            self._whole.set()
        self._flowing.set()

    def _accept(self) -> None:
        while not self._ending.is_set():
            self._whole.wait(TICK)
            with suppress(OSError):  # also a timeout, and a listener that was just closed
                client, _ = self._listener.accept()
                self.passed += 1
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        if not self._whole.is_set():
            self._reset(client)
            return
        server = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
        with self._lock:
            self._sockets |= {client, server}
        for one, other, allowed in ((client, server, len), (server, client, self._allowed)):
            one.settimeout(None)
            threading.Thread(target=self._pass, args=(one, other, allowed), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, allowed: Callable[[bytes], int]) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                first = allowed(data)
                target.sendall(data[:first])
                self._flowing.wait()
                target.sendall(data[first:])
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _allowed(self, data: bytes) -> int:
        """How much of what the server says passes now; freezes behind the last octet that may."""
        if self._left is None or len(data) < self._left:
            self._left = None if self._left is None else self._left - len(data)
            return len(data)
        first, self._left = self._left, None
        self._flowing.clear()
        return first

    def _drop_all(self) -> None:
        with self._lock:
            dropped, self._sockets = self._sockets, set()
        for one in dropped:
            self._reset(one)

    @staticmethod
    def _reset(one: socket.socket) -> None:
        with suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            one.shutdown(socket.SHUT_RDWR)
        one.close()
